"""Whether a SQLite file is sound, and which of SQLite's errors mean that it is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_PASSING = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_READONLY", "SQLITE_PERM", "SQLITE_NOMEM"})
"""What SQLite calls a state of the machine, not of the file."""
_OF_THE_SYSTEM = ("SQLITE_CANTOPEN", "SQLITE_IOERR")
_LONGEST_REASON = 300


def damage_of(path: Path) -> str | None:
    """What is wrong with the SQLite file at `path`, to be read after its name; None if it is sound or not there."""
    if not path.exists():
        return None
    if path.is_dir():
        return "is a folder where a database belongs"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=30)) as connection:
            found = connection.execute("pragma quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        return None if is_passing(error) else f"is damaged ({error})"
    return None if found == "ok" else f"is damaged ({' '.join(str(found).split())})"


def is_passing(error: BaseException) -> bool:
    """Whether an error tells of a lock, a full disk or a missing permission, and nothing of the SQLite file.

    `error` is SQLite's, or SQLAlchemy's about one.
    """
    name = str(getattr(_original(error), "sqlite_errorname", ""))
    return name in _PASSING or name.startswith(_OF_THE_SYSTEM)


def reason_of(error: BaseException) -> str:
    """What an error says, in one line, without what SQLAlchemy adds."""
    return " ".join(str(_original(error)).split())[:_LONGEST_REASON] or type(error).__name__


def _original(error: BaseException) -> BaseException:
    original = getattr(error, "orig", None)
    return original if isinstance(original, BaseException) else error
