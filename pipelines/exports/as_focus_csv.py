"""FOCUS 1.2 as CSV, for tools that read bills of any provider: moments as 2026-11-20T00:00:00Z."""

from __future__ import annotations

from pathlib import Path

from pipelines.exports import FOCUS, ExportFormat, Rows
from pipelines.exports.as_csv import harmless


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`."""
    cells = [
        f"""{f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')" if kind == "TIMESTAMP" else harmless(name, kind)} as "{name}\""""
        for name, kind in rows.columns.items()
    ]
    rows.copy(", ".join(cells), path, "format csv, header true")


FORMAT = ExportFormat("focus-csv", ".focus.csv", write, rows=FOCUS, title="FOCUS 1.2 as CSV")
