"""CSV that Excel opens as it is: a byte order mark, and lines that end with carriage return and line feed."""

from __future__ import annotations

from functools import partial

from pipelines.exports import ExportFormat, as_csv

FORMAT = ExportFormat(
    "excel-csv",
    ".excel.csv",
    partial(as_csv.write, mark="\ufeff", line_end="\r\n"),
    has_footer=True,
    title="CSV that Excel opens as it is",
)
