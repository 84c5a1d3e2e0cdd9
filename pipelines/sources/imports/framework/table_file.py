"""From a file to tables of text cells: CSV, gzipped CSV, Parquet, and a ZIP of CSVs. Read as a stream, within limits.

Belongs here: archives, Parquet and their traps. Does not: lines and delimiters (`csv_table`), or what a column means.
"""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.reading.files import not_read, open_file, refuse_name
from pipelines.sources.imports.framework.csv_table import MOST_COLUMNS, Cells, Layout, Table, csv_table
from pipelines.sources.imports.framework.file_kinds import LONGEST_MAGIC, refuse_by_content, refuse_by_members
from pipelines.sources.imports.framework.table_error import TableError

LARGEST_CONTENT = 4_000_000_000
"""Bytes of one table after unpacking: several times a year of a large cloud bill."""
MOST_MEMBERS = 100
LARGEST_ROW_GROUP = 1_000_000_000
BATCH_ROWS = 10_000

__all__ = ["Cells", "Layout", "Table", "TableError", "open_tables"]


@contextmanager
def open_tables(path: Path, layout: Layout = Layout()) -> Iterator[Iterator[Table]]:  # noqa: B008 - it is frozen
    """The tables of a file, one after the other; only a ZIP has several.

    Raises:
        TableError: it is not a file of these kinds, or damaged; also while rows are read.
    """
    try:
        refuse_name(path)
        with open_file(path, largest=LARGEST_CONTENT) as file:
            start = file.read(LONGEST_MAGIC)
            refuse_by_content(start)
            is_zip = zipfile.is_zipfile(file)
            file.seek(0)
            if start[:4] == b"PAR1":
                yield iter([_parquet(file, path.name)])
            elif start[:2] == b"\x1f\x8b":
                with gzip.open(file) as unpacked:
                    _refuse_packed_parquet(unpacked)
                    yield iter([csv_table(_Limited(unpacked), path.name, layout)])
            elif is_zip:
                yield _members(file, path.name, layout)
            else:
                yield iter([csv_table(_Limited(file), path.name, layout)])
    except OSError as error:
        raise TableError(f"1:1: {not_read(error)}") from error


def _refuse_packed_parquet(unpacked: gzip.GzipFile) -> None:
    """Parquet is read from its end, which a stream does not have."""
    try:
        if unpacked.peek(4)[:4] == b"PAR1":
            raise TableError("1:1: the file is Parquet packed by gzip: unpack it")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return  # reading its rows tells of the damage


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
            raise TableError("1:1: the packed file is damaged or cut off: export it again") from error
        self._left -= len(content)
        if self._left < 0:
            raise TableError(f"1:1: it has more than {LARGEST_CONTENT:,} bytes: export it in parts")
        buffer[: len(content)] = content
        return len(content)


def _members(file: IO[bytes], name: str, layout: Layout) -> Iterator[Table]:
    """The CSV files of a ZIP. Nothing is unpacked to a disk, so that no name in it can lead anywhere."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.filename.endswith("/")]
            _check_members(members)
            for member in sorted(members, key=lambda member: member.filename):
                with archive.open(member) as unpacked:
                    yield csv_table(_Limited(unpacked), f"{name}/{member.filename}", layout)
    except TableError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, struct.error, ValueError) as error:
        raise TableError(f"1:1: the ZIP cannot be unpacked ({type(error).__name__}): export it again") from error


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if not members or len(members) > MOST_MEMBERS:
        raise TableError(f"1:1: the ZIP contains {len(members)} files, not 1 to {MOST_MEMBERS}: it is not an export")
    refuse_by_members([member.filename for member in members])
    for member in members:
        path = member.filename.replace("\\", "/")
        if path.startswith("/") or ".." in path.split("/") or ":" in path or not path.isprintable():
            raise TableError(f"1:1: the ZIP names a file {path[:100]!r} outside of itself: do not trust it")
        if not path.lower().endswith(".csv"):
            raise TableError(
                f"1:1: the ZIP contains {path[:100]!r}, which is not a CSV: put only the exported files in"
            )
    if sum(member.file_size for member in members) > LARGEST_CONTENT:
        raise TableError(f"1:1: the ZIP unpacks to more than {LARGEST_CONTENT:,} bytes: it is not an export")


def _parquet(file: IO[bytes], name: str) -> Table:
    try:
        parquet = pq.ParquetFile(file)
        columns = tuple(parquet.schema_arrow.names)
        sizes = [parquet.metadata.row_group(index).total_byte_size for index in range(parquet.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise TableError(_DAMAGED) from error
    if max(sizes, default=0) > LARGEST_ROW_GROUP or sum(sizes) > LARGEST_CONTENT or len(columns) > MOST_COLUMNS:
        raise TableError(f"1:1: it unpacks to more than {LARGEST_CONTENT:,} bytes or {MOST_COLUMNS} columns")
    return Table(name, columns, _parquet_rows(parquet))


_DAMAGED = "1:1: the Parquet file is damaged or cut off: export it again"


def _parquet_rows(parquet: pq.ParquetFile) -> Iterator[tuple[int, Cells]]:
    """Rows as text cells; the first is line 2, as if the names were on line 1."""
    line = 1
    try:
        for batch in parquet.iter_batches(BATCH_ROWS):
            for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                line += 1
                yield line, [_text(value) for value in values]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(_DAMAGED) from error


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
