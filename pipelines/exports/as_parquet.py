"""Parquet: amounts stay exact decimals, days stay days."""

from __future__ import annotations

from pathlib import Path

from pipelines.exports import ExportFormat, Rows


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`."""
    rows.copy("*", path, "format parquet, compression zstd, row_group_size 20480")


FORMAT = ExportFormat("parquet", ".parquet", write, title="exact decimals, days as days")
