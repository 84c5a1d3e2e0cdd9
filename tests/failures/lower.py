"""An error of the system and of each library that may reach a person, and what is to be reported of it."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from dashboards.errors import ReportError

SECRET = "sk-canary-4f1c0e77aa"  # noqa: S105 - looked for where it must not be


@dataclass(frozen=True)
class Lower:
    """One error: `cause()` is it as it is raised, `words` are in its sentence, `code` is how a command ends."""

    id: str
    cause: Callable[[], BaseException]
    code: int
    words: str


def _of_the_system(number: int) -> Callable[[], BaseException]:
    return lambda: OSError(number, os.strerror(number), "/srv/data/costs.csv")


def _of_sqlalchemy() -> BaseException:
    """What a garbage database really raises."""
    path = Path("/dev/shm" if Path("/dev/shm").is_dir() else ".")  # noqa: S108 - removed below
    file = path / f"garbage-{os.getpid()}.sqlite"
    file.write_bytes(b"no database " * 100)
    engine = sa.create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("select 1 from sqlite_master"))
    except SQLAlchemyError as error:
        return error
    finally:
        engine.dispose()
        file.unlink()
    raise AssertionError("it was a database")


def _of_orjson() -> BaseException:
    try:
        orjson.loads(b"{")
    except orjson.JSONDecodeError as error:
        return error
    raise AssertionError("it was JSON")


LOWER = (
    Lower("full disk", _of_the_system(errno.ENOSPC), 4, "make room on that disk"),
    Lower("no permission", _of_the_system(errno.EACCES), 4, "let this user read and write it"),
    Lower("read-only disk", _of_the_system(errno.EROFS), 4, "choose another data folder with --home or AI_COSTS_HOME"),
    Lower("long name", _of_the_system(errno.ENAMETOOLONG), 4, "give it a shorter name"),
    Lower("open files", _of_the_system(errno.EMFILE), 4, "allow more open files with `ulimit -n`"),
    Lower("failing disk", _of_the_system(errno.EIO), 4, "the disk may be failing"),
    Lower("no memory", MemoryError, 1, "there was not enough memory"),
    Lower("SQLite full", lambda: sqlite3.OperationalError("database or disk is full"), 4, "make room on that disk"),
    Lower("SQLite locked", lambda: sqlite3.OperationalError("database is locked"), 75, "open in another process"),
    Lower("SQLite damaged", _of_sqlalchemy, 4, "file is not a database): it has no figures; move state/ away"),
    Lower(
        "DuckDB locked",
        lambda: duckdb.IOException("IO Error: Could not set lock on file: Conflicting lock is held in /bin/x (PID 7)"),
        75,
        "a database is open in another program",
    ),
    Lower("DuckDB full", lambda: duckdb.IOException("IO Error: No space left on device"), 4, "make room on that disk"),
    Lower(
        "DuckDB's writer full",
        lambda: duckdb.IOException(
            'IO Error: Async write failed for range [offset=0, size=9]: {"exception_type":"IO","exception_message":'
            '"Could not write file \\"/srv/data/costs.csv\\": No space left on device","errno":"28"}'
        ),
        4,
        '(Could not write file "/srv/data/costs.csv": No space left on device): make room on that disk',
    ),
    Lower("DuckDB memory", lambda: duckdb.OutOfMemoryException("Out of Memory Error: 1"), 1, "not enough memory"),
    Lower("DuckDB damaged", lambda: duckdb.IOException("IO Error: Corrupt database file"), 6, "run `ai-costs rebuild`"),
    Lower("DuckDB older", lambda: duckdb.CatalogException("Table rpt_x does not exist"), 6, "run `ai-costs rebuild`"),
    Lower("Parquet", lambda: pa.ArrowInvalid("Parquet magic bytes not found"), 5, "a Parquet file cannot be read"),
    Lower("Arrow memory", lambda: pa.ArrowMemoryError("malloc of size 9 failed"), 1, "not enough memory"),
    Lower("report", lambda: ReportError("page.html cannot be read: draw it again"), 6, "page.html cannot be read"),
)
"""The errors that are known."""

UNFORESEEN = (
    Lower("Unicode", lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), 1, "UnicodeDecodeError"),
    Lower("JSON", _of_orjson, 1, "JSONDecodeError"),
    Lower("recursion", lambda: RecursionError("maximum recursion depth exceeded"), 1, "RecursionError"),
    Lower("a key", lambda: KeyError(SECRET), 1, "KeyError"),
    Lower("a value", lambda: ValueError(f"no such day: {SECRET} of 'somebody said this'"), 1, "ValueError"),
)
"""Errors that say nothing about what a person could do."""

EVERY_ERROR = pytest.mark.parametrize("lower", [*LOWER, *UNFORESEEN], ids=lambda lower: lower.id)
