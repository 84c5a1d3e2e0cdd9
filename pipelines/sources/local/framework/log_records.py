"""Reading the records of one log file: JSON lines, a whole JSON document, or the rows of a SQLite database.

Each gives what can be read and counts in the `ParsedLog` what cannot, with its place; no content is quoted. Nothing is
ever written alongside an agent's files.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from pipelines.presentation.messages import NOT_JSON
from pipelines.reading.files import is_there, open_file, refuse_what_is_not_a_file
from pipelines.sources.local.framework.compressed import DamagedError, opened
from pipelines.sources.local.framework.log_values import UnusableRecordError
from pipelines.sources.local.framework.replies import ParsedLog, Reply

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. Pasted images make lines of some 10 MiB; a file of another kind must not fill the memory."""
ENDLESS_LINE = 4 * LONGEST_LINE
"""Bytes. A longer line is looked through no further, and nothing after it is read: such a file is not a log."""
NOT_THERE = ("no such table", "no such column")
"""How SQLite's errors begin where a database has another form than a query expects."""


def records(
    path: Path, name: str, reading: ParsedLog, *, marks: tuple[bytes, ...]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, record) of each JSON line that contains one of `marks`; most lines are prompts, and are not parsed.

    What a compressed file gives before it is damaged or cut off is taken, and what comes before a line without end; the
    rest counts as one broken line.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        with opened(path) as handle:
            for line in _lines(handle):
                reading.lines += 1
                if line.endswith(b"}") and not _matches_marks(line, marks):
                    continue
                where = f"{name}:{reading.lines}"
                try:
                    yield where, _record(line)
                except UnusableRecordError as error:
                    reading.reject(where, str(error))
    except DamagedError as error:
        reading.lines += 1
        reading.reject(f"{name}:{reading.lines}", str(error))


def document(path: Path, name: str, reading: ParsedLog) -> Any:
    """The JSON document that a file is; None, counted as one broken line, if it is none.

    Raises:
        OSError: the file cannot be read.
    """
    with open_file(path) as handle:
        content = handle.read(LONGEST_LINE + 1)
    reading.lines += 1
    if len(content) > LONGEST_LINE:
        reading.reject(f"{name}:1", f"the file is larger than {LONGEST_LINE // 1024**2} MiB")
        return None
    try:
        return parsed(content)
    except UnusableRecordError as error:
        reading.reject(f"{name}:1", str(error))
        return None


def rows(path: Path, name: str, reading: ParsedLog, query: str) -> Iterator[tuple[str, sqlite3.Row]]:
    """(place, row) of each row that `query` gives, of the state that was last committed; the agent may be writing.

    A database that lacks a table or column of `query` is of a form that is not known, and is marked so.

    Raises:
        OSError: the file is not a database that can be read.
    """
    try:
        with closing(connected(path)) as connection:
            connection.row_factory = sqlite3.Row
            for row in connection.execute(query):
                reading.lines += 1
                yield f"{name}:{reading.lines}", row
    except sqlite3.Error as error:
        if str(error).startswith(NOT_THERE):
            reading.is_unknown = True
            return
        raise OSError(0, f"SQLite: {error}") from error
    except UnicodeDecodeError as error:  # of a message that quotes a damaged page
        raise OSError(0, "SQLite: the file is damaged") from error


def connected(path: Path) -> sqlite3.Connection:
    """A connection to a database that another program may be writing; nothing can be written through it.

    Raises:
        sqlite3.Error: it cannot be opened.
        OSError: it is not a file.
    """
    connection = sqlite3.connect(_read_only(path), uri=True)
    connection.text_factory = _text
    return connection


def tables(path: Path) -> set[str]:
    """The names of a database's tables and views.

    Raises:
        OSError: the file is not a database that can be read.
    """
    query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    return {row["name"] for _, row in rows(path, path.name, ParsedLog(), query)}


def json_column(content: Any) -> dict[str, Any]:
    """The JSON object that a column of a database holds; an empty one if it is another value.

    Raises:
        UnusableRecordError: it is not JSON.
    """
    value = parsed(content.encode("utf-8", "replace") if isinstance(content, str) else bytes(content or b"{}"))
    return value if isinstance(value, dict) else {}


def take(reading: ParsedLog, where: str, reply: Callable[[], Reply | None]) -> None:
    """Add the reply that a record states, if any; count the record as broken if it cannot be used."""
    take_all(reading, where, lambda: filter(None, [reply()]))


def take_all(reading: ParsedLog, where: str, replies: Callable[[], Iterable[Reply]]) -> None:
    """Add every reply that a record states; count the record as broken if one of them cannot be used."""
    try:
        reported = [*replies()]
    except UnusableRecordError as error:
        reading.reject(where, str(error))
        return
    for reply in reported:
        reading.add(reply)


def parsed(content: bytes) -> Any:
    """The JSON value of `content`.

    A half emoji that was escaped, or a stray byte, is only text, and must not cost a reply its tokens: what the
    strict parser refuses, the lenient one may still read.

    Raises:
        UnusableRecordError: it is not JSON.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        try:
            return json.loads(content.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            raise UnusableRecordError(NOT_JSON) from error


def _matches_marks(line: bytes, marks: tuple[bytes, ...]) -> bool:
    for mark in marks:  # noqa: SIM110 - any() would cost a generator for each of millions of lines
        if mark in line:
            return True
    return False


def _record(line: bytes) -> dict[str, Any]:
    """The line's JSON object, empty when it is JSON of another shape or an empty line."""
    record = parsed(line) if line else {}
    return record if isinstance(record, dict) else {}


def _lines(handle: BinaryIO) -> Iterator[bytes]:
    """Each line without the white space around it; one longer than `LONGEST_LINE` is cut to what cannot be parsed.

    Raises:
        DamagedError: a line is longer than `ENDLESS_LINE`.
    """
    while line := handle.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            _skip_line(handle)
            line = b"\0"
        yield line.strip()


def _skip_line(handle: BinaryIO) -> None:
    """Read on to the end of a line of which `LONGEST_LINE` bytes were read.

    Raises:
        DamagedError: it is longer than `ENDLESS_LINE`.
    """
    skipped = LONGEST_LINE
    while rest := handle.readline(LONGEST_LINE):
        skipped += len(rest)
        if rest.endswith(b"\n"):
            return
        if skipped >= ENDLESS_LINE:
            raise DamagedError(f"the line is longer than {ENDLESS_LINE // 1024**2} MiB: nothing after it was read")


def _text(content: bytes) -> str:
    """A stray byte in one text must not cost the others."""
    return content.decode("utf-8", "replace")


def _read_only(path: Path) -> str:
    """The database's URI. With no writer's file alongside it, SQLite must not make one either, as it would by default.

    Raises:
        OSError: it, or what SQLite stores alongside it, is not a file: opening a pipe would wait without end.
    """
    wal, journal, shared = (path.with_name(path.name + suffix) for suffix in ("-wal", "-journal", "-shm"))
    for file in (path, wal, journal, shared):
        if file is path or is_there(file):
            refuse_what_is_not_a_file(file)
    in_use = any(file.exists() and file.stat().st_size for file in (wal, journal))
    return f"{path.absolute().as_uri()}?mode=ro" + ("" if in_use else "&immutable=1")
