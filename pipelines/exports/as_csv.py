"""CSV after RFC 4180: UTF-8, a header line, numbers untouched, spreadsheet formulas made harmless.

A text cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection").
Metadata stands in the manifest beside the file, so that typed readers see rows only.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.exports import ExportFormat

FORMULA_START = r"^[=+\-@\t\r\n]"


def write(connection: duckdb.DuckDBPyConnection, rows: str, path: Path, metadata: dict[str, object]) -> None:
    """Stream the table `rows` to `path`; `metadata` is not for this format."""
    del metadata
    relation = connection.table(rows)
    cells = [
        f"case when regexp_matches({name}, '{FORMULA_START}') then '''' || {name} else {name} end as {name}"
        if kind == "VARCHAR"
        else name
        for name, kind in zip(relation.columns, map(str, relation.types), strict=True)
    ]
    relation.project(", ".join(cells)).write_csv(str(path), header=True)


FORMAT = ExportFormat("csv", ".csv", write)
