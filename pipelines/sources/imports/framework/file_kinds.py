"""Calling a file what it is, where it is not a table that is read here, with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.sources.imports.framework.table_error import TableError

SAVE_AS = "open it and save the sheet as CSV UTF-8"
MAGIC = (
    (b"%PDF", "a PDF: export a CSV, or enter the amount manually with `ai-costs add`"),
    (b"\xd0\xcf\x11\xe0", f"an Excel workbook of the old kind (.xls): {SAVE_AS}"),
    (b"\xff\xfe", "text in UTF-16: save it as CSV UTF-8 (in Excel: Save as, CSV UTF-8)"),
    (b"\xfe\xff", "text in UTF-16: save it as CSV UTF-8 (in Excel: Save as, CSV UTF-8)"),
    (b"SQLite format 3", "an SQLite database: export the table as CSV"),
    (b"7z\xbc\xaf", "a 7-Zip archive: unpack it, or pack it as a ZIP"),
    (b"Rar!", "a RAR archive: unpack it, or pack it as a ZIP"),
    (b"BZh", "packed by bzip2: unpack it"),
    (b"\xfd7zXZ", "packed by xz: unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd: unpack it"),
    (b"ORC", "an ORC file: export Parquet or CSV"),
    (b"Obj\x01", "an Avro file: export Parquet or CSV"),
)
"""The first bytes of a file -> what it is."""
LONGEST_MAGIC = max(len(magic) for magic, _ in MAGIC)
WORKBOOKS = (
    ("xl/", f"an Excel workbook (.xlsx): {SAVE_AS}"),
    ("content.xml", f"an OpenDocument file (.ods): {SAVE_AS}"),
    ("Index/Document.iwa", "a Numbers document: export the sheet as CSV"),
    ("word/", "a Word document: export a CSV, or enter the amount manually with `ai-costs add`"),
)
"""A member of a ZIP, or its folder -> what the ZIP is."""


def refuse_by_content(start: bytes) -> None:
    """Refuse what its first bytes say is not a table.

    Raises:
        TableError: with what the file is.
    """
    for magic, kind in MAGIC:
        if start.startswith(magic):
            raise TableError(f"1:1: the file is {kind}")


def refuse_by_members(names: Sequence[str]) -> None:
    """Refuse a ZIP that is a document of an office program.

    Raises:
        TableError: with what the file is.
    """
    for member, kind in WORKBOOKS:
        if any(name == member or (member.endswith("/") and name.startswith(member)) for name in names):
            raise TableError(f"1:1: the file is {kind}")


def refuse_by_text(first_line: str) -> None:
    """Refuse text whose first line is none of a table's.

    Raises:
        TableError: with what the file is.
    """
    start = first_line.lstrip()[:200].lower()
    is_export = '"metadata"' in start and "build_id" in start
    if is_export or (start.startswith("{") and '"cost_kind"' in first_line):
        raise TableError("1:1: the file is a JSON export of AI Cost Tracker itself: its content is counted already")
    if start.startswith(("{", "[")):
        raise TableError("1:1: the file is JSON: export it as CSV")
    if start.startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise TableError("1:1: the file is a page or XML, not a CSV: export a CSV; a download may have needed a login")
