"""CSV as RFC 4180 quotes it: UTF-8, a header line, lines that end with a line feed, numbers untouched.

A text cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection").
Metadata stands in the manifest beside the file, so that typed readers see rows only.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.exports import ExportFormat, Rows

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def cell(name: str, kind: str) -> str:
    """The column `name` as SQL, with an apostrophe before text that a spreadsheet would take for a formula."""
    if kind != "VARCHAR":
        return f'"{name}"'
    starts = ", ".join(f"chr({ord(character)})" for character in FORMULA_STARTS)
    return f"""case when "{name}"[1] in ({starts}) then '''' || "{name}" else "{name}" end as "{name}\""""


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`."""
    cells = [cell(name, kind) for name, kind in rows.columns.items()]
    rows.copy(", ".join(cells), path, "format csv, header true")


FORMAT = ExportFormat("csv", ".csv", write, is_standing=True)
