"""Opening DuckDB files: the published one, read-only, and a database in memory; what DuckDB refuses, in words.

Belongs here: locks, damage, and settings of every connection. Does not: what is in a file, and any library but DuckDB,
so that a command that only asks for a figure starts at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.errors import BuildError, BusyError, NothingPublishedError
from pipelines.failures.duckdb_errors import is_damage, is_lock, is_of_another_version, lock_holder, plain
from pipelines.reading.files import refuse_what_is_not_a_file

SPILL_FOLDER = ".spill"
"""Alongside the working file: for what is larger than memory."""
LOCK_WAIT_SECONDS = 10.0
"""A run of a tool is longer than that, a look into the file shorter."""
LOCK_POLL_SECONDS = 0.25


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, for looking into files that belong to no build."""
    connection = duckdb.connect(":memory:")
    try:
        yield in_utc(connection)
    finally:
        connection.close()


@contextmanager
def read_published(published: Path, *, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, read-only; what is larger than memory goes to the folder `spill`.

    Raises:
        NothingPublishedError: no build has passed its checks yet.
        BusyError: another process has it open for writing, and has not closed it in time.
        BuildError: the file is damaged, or was built by another version of this program.
    """
    if not published.exists():
        raise NothingPublishedError("no build has been published here yet: run `ai-costs run` first")
    with published.open("rb"):  # where no file can be opened any more, DuckDB would end the process
        pass
    with scratch() as connection, _understood(published):
        # Attached, because a second `connect` of one process gets the file that the first one opened, even
        # after another build took its place.
        attach, file = "attach $file as published (read_only)", {"file": str(published)}
        try:
            unlocked(published, lambda: connection.execute(attach, file))
        except duckdb.Error as error:
            raise BuildError(_unreadable(published, error)) from error
        connection.execute("use published")
        connection.execute("set temp_directory = $folder", {"folder": str(spill)})
        yield connection


@contextmanager
def _understood(published: Path) -> Iterator[None]:
    """Say of what a published file lacks, or cannot give, how it is rebuilt."""
    try:
        yield
    except duckdb.Error as error:
        if is_of_another_version(error):
            raise BuildError(
                f"{published.name} was built by another version of this program ({plain(error)}): run "
                "`ai-costs run` to build it again"
            ) from error
        if is_damage(error):
            raise BuildError(_unreadable(published, error)) from error
        raise


def _unreadable(published: Path, error: duckdb.Error) -> str:
    return f"{published.name} cannot be read ({plain(error)}): run `ai-costs rebuild` to build it again"


def in_utc(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """`connection` with what every connection of this project is set to."""
    connection.execute("set TimeZone = 'UTC'")
    # A bar that DuckDB draws by itself would end up in the middle of other output.
    connection.execute("set enable_progress_bar = false")
    return connection


def unlocked(database: Path, opens: Callable[[], duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """What `opens` gives, as soon as no other process has a lock on `database` that forbids it.

    Raises:
        BusyError: one still does after LOCK_WAIT_SECONDS.
        duckdb.Error: it cannot be opened, for another reason.
        OSError: something that is not a file lies there.
    """
    if database.exists() and not database.is_dir():
        refuse_what_is_not_a_file(database)  # DuckDB would wait for a pipe
    deadline = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            return opens()
        except duckdb.Error as error:
            if not is_lock(error):
                raise
            if time.monotonic() > deadline:
                raise BusyError(f"{database} is open in another program: {lock_holder(error)}") from error
            time.sleep(LOCK_POLL_SECONDS)
