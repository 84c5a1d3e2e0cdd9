"""CSV as RFC 4180 quotes it: UTF-8, a header line, lines that end with a line feed, numbers untouched.

A text cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV injection").
Metadata is in the manifest alongside the file, so that typed readers see rows only; a footer is for who asks for one.
"""

from __future__ import annotations

from pathlib import Path

from pipelines.exports import ExportFormat, Rows

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")

IN_ONE_CELL = str.maketrans({",": ";", '"': "'", "\r": " ", "\n": " "})
"""A line of the footer needs no quotes, or it would not begin with the # by which readers skip it."""


def harmless(name: str, kind: str) -> str:
    """The column `name` as SQL, with an apostrophe before text that a spreadsheet would take for a formula."""
    if kind != "VARCHAR":
        return f'"{name}"'
    starts = ", ".join(f"chr({ord(character)})" for character in FORMULA_STARTS)
    return f"""case when "{name}"[1] in ({starts}) then '''' || "{name}" else "{name}" end"""


def write(rows: Rows, path: Path, *, mark: str = "", line_end: str = "\n") -> None:
    """Stream the rows to `path`. `mark` is before the header; a line break inside a cell stays the one it was."""
    marks = [mark, *[""] * (len(rows.columns) - 1)]
    cells = [
        f'{harmless(name, kind)} as "{before}{name}"'
        for before, (name, kind) in zip(marks, rows.columns.items(), strict=True)
    ]
    # DuckDB takes the characters themselves, not their names.
    rows.copy(", ".join(cells), path, f"format csv, header true, new_line '{line_end}'")
    with path.open("a", encoding="utf-8", newline="") as handle:
        handle.writelines(f"{line.translate(IN_ONE_CELL)}{line_end}" for line in rows.footer)


FORMAT = ExportFormat(
    "csv", ".csv", write, is_standing=True, has_footer=True, title="CSV with a header line, UTF-8, a decimal point"
)
