"""FOCUS 1.2 as Parquet, for tools that read bills of any provider."""

from __future__ import annotations

from pipelines.exports import FOCUS, ExportFormat
from pipelines.exports.as_parquet import write

FORMAT = ExportFormat("focus-parquet", ".focus.parquet", write, rows=FOCUS, title="FOCUS 1.2 as Parquet")
