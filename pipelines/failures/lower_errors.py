"""What an error of the system or of a library means for the person who started this: a sentence and an exit code.

Belongs here: full disks, permissions, locks, damage and memory, wherever they are met. Does not: this project's own
errors, which say it themselves (errors.py), or what nobody foresaw (unforeseen.py).
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable

import duckdb
import pyarrow as pa
from sqlalchemy.exc import SQLAlchemyError

from dashboards.errors import ReportError
from pipelines.errors import BuildError, BusyError, CostTrackerError, HomeError, LandingError
from pipelines.failures import duckdb_errors
from pipelines.state.sqlite import is_passing, reason_of

STAYS = "earlier files are unchanged"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
ADVICE = {
    **dict.fromkeys(FULL, "make room on that disk, then try again"),
    errno.EACCES: "let this user read and write it",
    errno.EPERM: "let this user read and write it",
    errno.EROFS: "it is on a disk that cannot be written: choose another data folder with --home or AI_COSTS_HOME",
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.EMFILE: "close other programs, or allow more open files with `ulimit -n`",
    errno.ENFILE: "close other programs, or allow more open files on this computer",
    errno.ENOENT: "it was taken away meanwhile: try again",
    errno.EIO: "the disk may be failing: copy the data folder to another one",
}
NO_ROOM = ("No space left on device", "database or disk is full", "File too large", "Could not write")
"""How DuckDB and SQLite word a full disk."""
LOCKED = ("Could not set lock", "database is locked", "database table is locked")
REFUSED = ("Cannot open file", "Permission denied", "unable to open database file", "readonly database")


def explained(error: BaseException) -> CostTrackerError | None:
    """What `error` means: the outermost error of this project among its causes, else the nearest that is known.

    None: nobody foresaw it.
    """
    chain = causes(error)
    ours = next((cause for cause in chain if isinstance(cause, CostTrackerError)), None)
    if ours is not None:
        return ours
    return next(
        (meant for cause in chain for kind, explain in KNOWN if isinstance(cause, kind) if (meant := explain(cause))),
        None,
    )


def of_text(text: str) -> CostTrackerError | None:
    """What a message of a database means, where only its words are handed on; None if that is not known."""
    reason = duckdb_errors.plain_text(text)
    if any(words in text for words in NO_ROOM):
        return HomeError(f"a database cannot be written ({reason}): make room on that disk, then try again; {STAYS}")
    if any(words in text for words in LOCKED):
        return BusyError(f"a database is open in another process ({reason}): close it, or wait until it has ended")
    if any(words in text for words in REFUSED):
        return HomeError(f"a database cannot be opened ({reason}): let this user read and write it; {STAYS}")
    if "Out of Memory" in text or "out of memory" in text:
        return _no_memory(MemoryError())
    return None


def causes(error: BaseException | None) -> list[BaseException]:
    """`error` and what it was raised from, outermost first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__
    return chain


def _unusable(error: BaseException) -> CostTrackerError:
    assert isinstance(error, OSError)  # noqa: S101 - as KNOWN says
    place = f"{error.filename} cannot be used" if error.filename else "a file cannot be used"
    otherwise = "check that there is free space, and that this user may read and write it"
    advice = ADVICE.get(error.errno or 0, otherwise)
    return HomeError(f"{place} ({error.strerror or error}): {advice}; {STAYS}")


def _no_memory(_: BaseException) -> CostTrackerError:
    return CostTrackerError(
        f"there was not enough memory: close other programs, or run this where there is more; {STAYS}"
    )


def _of_sqlite(error: BaseException) -> CostTrackerError:
    reason = reason_of(error)
    if known := of_text(reason):
        return known
    if is_passing(error):
        return HomeError(
            f"a database below state/ cannot be used ({reason}): make room on that disk, and check that this user may "
            f"write there; {STAYS}"
        )
    return HomeError(
        f"a database below state/ cannot be used ({reason}): it has no figures; move state/ away and run again, "
        "which creates it again without the history of runs and alerts"
    )


def _of_duckdb(error: BaseException) -> CostTrackerError:
    assert isinstance(error, duckdb.Error)  # noqa: S101 - as KNOWN says
    if duckdb_errors.is_lock(error):
        return BusyError(f"a database is open in another program: {duckdb_errors.lock_holder(error)}")
    if known := of_text(str(error)):
        return known
    lacks = "lacks what this version reads" if duckdb_errors.is_of_another_version(error) else "cannot be read"
    return BuildError(
        f"a database below warehouse/ {lacks} ({duckdb_errors.plain(error)}): run `ai-costs rebuild` to build it again "
        "from landing"
    )


def _of_arrow(error: BaseException) -> CostTrackerError:
    if isinstance(error, MemoryError):
        return _no_memory(error)
    reason = str(error).partition("\n")[0]
    return LandingError(f"a Parquet file cannot be read ({reason}): `ai-costs verify` names it if it was landed")


def _of_report(error: BaseException) -> CostTrackerError:
    return BuildError(str(error))


KNOWN: tuple[tuple[type[BaseException], Callable[[BaseException], CostTrackerError | None]], ...] = (
    (ReportError, _of_report),
    (pa.ArrowException, _of_arrow),
    (MemoryError, _no_memory),
    (duckdb.Error, _of_duckdb),
    (SQLAlchemyError, _of_sqlite),
    (sqlite3.Error, _of_sqlite),
    (OSError, _unusable),
)
"""Each error of others that is known -> what it means; the first that fits."""
