"""What lies in the folder of entry files: every file and folder of it, so that none is passed over in silence.

Belongs here: which of them are read, and what the others are. Does not: what a row means (csv_entries.py).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import EntryFileError
from pipelines.sources.imports.file_kinds import refuse_by_content, refuse_by_members
from pipelines.sources.imports.unreadable import Unreadable

READ = frozenset({".csv", ".tsv", ".tab", ".txt"})
"""Endings of files that are read, in small letters: a table of text, with commas, semicolons or tabs."""
OF_SYSTEMS = frozenset({"thumbs.db", "desktop.ini"})
INBOX = "an export of a provider or a cloud goes into inbox/"
PACKED = ((b"PAR1", "Parquet"), (b"\x1f\x8b", "packed by gzip"), (b"PK", "a ZIP"))


def manual_files(folder: Path) -> list[Path]:
    """Every file of `folder`, and every folder of it that holds one, in order of name.

    Left out is what programs put there: hidden files, locks and backups that begin or end with ~.
    """
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not _is_of_a_program(path) and _holds_something(path))


def refuse_what_is_not_read(path: Path) -> None:
    """Refuse a file that is no table of text, or a folder.

    Raises:
        EntryFileError: with what it is, and what to do.
        OSError: it cannot be read.
    """
    if path.is_dir():
        raise _refused(path, "it is a folder, and nothing in it is read: move its files into manual/ itself")
    with path.open("rb") as handle:
        start = handle.read(16)
    try:
        refuse_by_content(start)
        if start.startswith(b"PK"):
            refuse_by_members(_members(path))
    except Unreadable as error:
        raise _refused(path, str(error).removeprefix("1:1: ")) from error
    for magic, kind in PACKED:
        if start.startswith(magic):
            raise _refused(path, f"the file is {kind}: {INBOX}; entries are a CSV")
    if path.suffix.lower() not in READ:
        ending = f"that end in {path.suffix}" if path.suffix else "without an ending"
        raise _refused(
            path, f"files {ending} are not read here: name it .csv if it holds entries, else move it away; {INBOX}"
        )


def _refused(path: Path, reason: str) -> EntryFileError:
    return EntryFileError(path.name, [f"{path.name}:1:1: {reason}"])


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
            return packed.namelist()
    except zipfile.BadZipFile:
        return []


def _is_of_a_program(path: Path) -> bool:
    return path.name.startswith((".", "~")) or path.name.endswith("~") or path.name.lower() in OF_SYSTEMS


def _holds_something(path: Path) -> bool:
    return not path.is_dir() or any(_files_below(path))


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if not path.is_dir())
