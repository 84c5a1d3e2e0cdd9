"""CSV that Excel opens as it is: a byte order mark, and lines that end with carriage return and line feed."""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.exports import ExportFormat, Rows
from pipelines.exports.as_csv import cell

ROWS_AT_ONCE = 20_000


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`. A line break inside a cell stays the one it was."""
    columns = rows.columns
    cells = [cell(name, kind) for name, kind in columns.items()]
    result = rows.connection.execute(f"select {', '.join(cells)} from ({rows.query})")  # noqa: S608 - this room's own
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow(columns)
        while batch := result.fetchmany(ROWS_AT_ONCE):
            writer.writerows(batch)


FORMAT = ExportFormat("excel-csv", ".excel.csv", write)
