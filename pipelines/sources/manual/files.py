"""What lies in the folder of entry files: every file and folder of it, so that none is passed over in silence.

Belongs here: which of them are read, and what the others are. Does not: what a row means (csv_entries.py).
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import EntryFileError
from pipelines.reading.files import open_file, refuse_name, shown
from pipelines.sources.imports.framework.file_kinds import refuse_by_content, refuse_by_members
from pipelines.sources.imports.framework.table_error import TableError

READ = frozenset({".csv", ".tsv", ".tab", ".txt"})
"""Endings of files that are read, in small letters: a table of text, with commas, semicolons or tabs."""
OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini"})
INBOX = "an export of a provider or a cloud goes into inbox/"
PACKED = ((b"PAR1", "Parquet"), (b"\x1f\x8b", "packed by gzip"), (b"PK", "a ZIP"))


def manual_files(folder: Path) -> list[Path]:
    """Everything in `folder` but empty folders, in order of name.

    Left out is what programs put there: hidden files, locks and backups that begin or end with ~.
    """
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not _is_of_a_program(path) and not _is_empty_folder(path))


def refuse_what_is_not_read(path: Path, *, largest: int) -> None:
    """Refuse what is not a file, and a file that is not a table of text.

    Raises:
        EntryFileError: with what it is, and what to do.
        OSError: it cannot be read.
    """
    refuse_name(path)
    if path.is_dir():
        raise _refused(path, "it is a folder, and nothing in it is read: move its files into manual/ itself")
    with open_file(path, largest=largest) as handle:
        start = handle.read(16) or b""
        members = _members(handle) if start.startswith(b"PK") else []
    try:
        refuse_by_content(start)
        refuse_by_members(members)
    except TableError as error:
        raise _refused(path, str(error).removeprefix("1:1: ")) from error
    for magic, kind in PACKED:
        if start.startswith(magic):
            raise _refused(path, f"the file is {kind}: {INBOX}; entries are a CSV")
    if path.suffix.lower() not in READ:
        ending = f"that end in {path.suffix}" if path.suffix else "without an ending"
        raise _refused(
            path,
            f"files {ending} are not read here: rename it to .csv if it contains entries, else move it away; {INBOX}",
        )


def _refused(path: Path, reason: str) -> EntryFileError:
    name = shown(path.name)
    return EntryFileError(name, [f"{name}:1:1: {reason}"])


def _members(handle: BinaryIO) -> list[str]:
    try:
        with zipfile.ZipFile(handle) as packed:
            return packed.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        return []


def _is_of_a_program(path: Path) -> bool:
    return path.name.startswith((".", "~")) or path.name.endswith("~") or path.name.lower() in OF_SYSTEMS


def _is_empty_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not any(path.iterdir())
    except OSError:
        return False  # what cannot be looked into is refused, not passed over
