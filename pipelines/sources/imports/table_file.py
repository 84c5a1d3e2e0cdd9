"""From a file to tables of text cells: CSV, gzipped CSV, Parquet, and a ZIP of CSVs. Read as a stream, within limits.

Belongs here: encodings, delimiters, archives and their traps. Does not: what a column means.
"""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

DELIMITERS = (",", ";", "\t", "|")
LARGEST_CONTENT = 4_000_000_000
"""Bytes of one table after unpacking: several times a year of a large cloud bill."""
MOST_MEMBERS = 100
MOST_COLUMNS = 2000
LARGEST_CELL = 131_072
LARGEST_ROW_GROUP = 1_000_000_000
BATCH_ROWS = 10_000
_QUOTED = re.compile(r'"[^"]*"')

Cells = Sequence[str]


class Unreadable(ValueError):  # noqa: N818 - it says what the file is
    """The file cannot be read on from one place; the text is `line:column: what is wrong and how to mend it`."""


@dataclass(frozen=True)
class Table:
    """One table of a file: its name in problems, its column names, and (line, cells) of each row below them."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Cells]]


@contextmanager
def open_tables(path: Path) -> Iterator[Iterator[Table]]:
    """The tables of a file, one after the other; only a ZIP has several.

    Raises:
        Unreadable: it is no file of these kinds, or damaged; also while rows are read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
            is_zip = zipfile.is_zipfile(file)
            file.seek(0)
            if start == b"PAR1":
                yield iter([_parquet(file, path.name)])
            elif start[:2] == b"\x1f\x8b":
                with gzip.open(file) as unpacked:
                    yield iter([_csv(_Limited(unpacked), path.name)])
            elif is_zip:
                yield _members(file, path.name)
            else:
                yield iter([_csv(_Limited(file), path.name)])
    except OSError as error:
        raise Unreadable(f"1:1: it cannot be read ({error.strerror or error}): make it a file that can be") from error


class _Limited(io.RawIOBase):
    """A stream that ends with an error where a packed file turns out to be a bomb, or is cut off or damaged."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile) -> None:
        self._stream = stream
        self._left = LARGEST_CONTENT

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            content = self._stream.read(len(buffer))
        except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, gzip.BadGzipFile) as error:
            raise Unreadable("1:1: the packed file is damaged or cut off: export it again") from error
        self._left -= len(content)
        if self._left < 0:
            raise Unreadable(f"1:1: it holds more than {LARGEST_CONTENT:,} bytes: export it in parts")
        buffer[: len(content)] = content
        return len(content)


def _members(file: IO[bytes], name: str) -> Iterator[Table]:
    """The CSV files of a ZIP. Nothing is unpacked to a disk, so that no name in it can lead anywhere."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
            _check_members(members)
            for member in sorted(members, key=lambda member: member.filename):
                with archive.open(member) as unpacked:
                    yield _csv(_Limited(unpacked), f"{name}/{member.filename}")
    except Unreadable:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, struct.error, ValueError) as error:
        raise Unreadable(f"1:1: the ZIP cannot be unpacked ({type(error).__name__}): export it again") from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if not members or len(members) > MOST_MEMBERS:
        raise Unreadable(f"1:1: the ZIP holds {len(members)} files, not 1 to {MOST_MEMBERS}: it is no export")
    for member in members:
        path = member.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or ":" in path or not path.isprintable():
            raise Unreadable(f"1:1: the ZIP names a file {path[:100]!r} outside of itself: do not trust it")
        if not path.lower().endswith(".csv"):
            raise Unreadable(f"1:1: the ZIP holds {path[:100]!r}, which is no CSV: put only the exported files in")
    if sum(member.file_size for member in members) > LARGEST_CONTENT:
        raise Unreadable(f"1:1: the ZIP unpacks to more than {LARGEST_CONTENT:,} bytes: it is no export")


def _csv(stream: io.RawIOBase, name: str) -> Table:
    text = io.TextIOWrapper(io.BufferedReader(stream, 1 << 16), encoding="utf-8-sig", newline="")
    rows = _lines(text)
    for _, cells in rows:
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(f"1:{MOST_COLUMNS}: the header has {len(cells)} columns: it is no export")
        return Table(name, tuple(cell.strip() for cell in cells), _of_one_width(rows, len(cells)))
    raise Unreadable("1:1: the file is empty: its first line must name the columns")


def _lines(text: io.TextIOWrapper) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every line that is not empty."""
    started = 0
    try:
        header = _first_line(text)
        reader = csv.reader(_chain(header, text), delimiter=_delimiter(header), strict=True)
        for cells in reader:
            line, started = started + 1, reader.line_num
            if any(cells):
                yield line, cells
    except csv.Error as error:
        raise Unreadable(
            f"{started + 1}:1: {error}: a quote is opened and not closed, or a cell is longer than {LARGEST_CELL}"
        ) from error
    except UnicodeDecodeError as error:
        byte = error.object[error.start : error.start + 1]
        raise Unreadable(
            f"{started + 1}:1: from here on a byte {byte!r} is not UTF-8: save the file as CSV in UTF-8"
        ) from error


def _chain(header: str, text: io.TextIOWrapper) -> Iterator[str]:
    yield header
    while line := text.readline(LARGEST_CELL * 16):
        yield line


def _first_line(text: io.TextIOWrapper) -> str:
    header = text.readline(LARGEST_CELL * 16)
    if "\x00" in header:
        raise Unreadable("1:1: the file is UTF-16 or no text at all: save it as CSV in UTF-8, or as Parquet")
    return header


def _delimiter(header: str) -> str:
    """The sign that separates most columns; signs inside quotes do not count."""
    bare = _QUOTED.sub("", header)
    return max(DELIMITERS, key=bare.count)


def _of_one_width(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, Cells]]:
    for line, cells in rows:
        if len(cells) != width:
            raise Unreadable(
                f"{line}:{min(len(cells), width) + 1}: the line has {len(cells)} cells, the header {width}: "
                "the file is cut off or was changed: export it again"
            )
        yield line, cells


def _parquet(file: IO[bytes], name: str) -> Table:
    try:
        parquet = pq.ParquetFile(file)
        columns = tuple(parquet.schema_arrow.names)
        sizes = [parquet.metadata.row_group(index).total_byte_size for index in range(parquet.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise Unreadable(_DAMAGED) from error
    if max(sizes, default=0) > LARGEST_ROW_GROUP or sum(sizes) > LARGEST_CONTENT or len(columns) > MOST_COLUMNS:
        raise Unreadable(f"1:1: it unpacks to more than {LARGEST_CONTENT:,} bytes or {MOST_COLUMNS} columns")
    return Table(name, columns, _parquet_rows(parquet))


_DAMAGED = "1:1: the Parquet file is damaged or cut off: export it again"


def _parquet_rows(parquet: pq.ParquetFile) -> Iterator[tuple[int, Cells]]:
    """Rows as text cells; the first is line 2, as if the names stood on line 1."""
    line = 1
    try:
        for batch in parquet.iter_batches(BATCH_ROWS):
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                line += 1
                yield line, [_text(value) for value in values]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_DAMAGED) from error


def _text(value: Any) -> str:
    """The cell as a CSV would hold it. A float becomes its shortest exact form, which is what was written."""
    if value is None or value != value:  # noqa: PLR0124 - what is not a number is not equal to itself
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | dict):
        # A map comes as pairs.
        is_map = isinstance(value, list) and all(isinstance(item, tuple) for item in value)
        return orjson.dumps(dict(value) if is_map else value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
