"""What DuckDB's errors mean: a lock, a refusal of the system, or damage, for which it has no separate classes."""

from __future__ import annotations

import json
import re

import duckdb

LOCKED = "IO Error: Could not set lock"
REFUSED = ("IO Error: Cannot open file", "IO Error: Could not read from file")
"""How DuckDB words what the system refused, such as a permission; the file itself may be intact."""
OF_A_WRITER = re.compile(r'"exception_message":("(?:[^"\\]|\\.)*")')
"""Where DuckDB quotes, as JSON, what one of its writers met."""
DAMAGED = ("Corrupt database file", "not a valid DuckDB database", "Could not read enough bytes")


def is_lock(error: duckdb.Error) -> bool:
    """Whether another process has the file open in a way that forbids this one to."""
    return str(error).startswith(LOCKED)


def is_refusal(error: duckdb.Error) -> bool:
    """Whether the system does not let this process open the file."""
    return str(error).startswith(REFUSED)


def is_damage(error: duckdb.Error) -> bool:
    """Whether a block of the file does not hold what was written there."""
    classes = (duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException)
    return isinstance(error, classes) or any(words in str(error) for words in DAMAGED)


def is_of_another_version(error: duckdb.Error) -> bool:
    """Whether a table or column is asked for that the file does not have."""
    return isinstance(error, duckdb.CatalogException | duckdb.BinderException)


def plain(error: duckdb.Error) -> str:
    """DuckDB's message without its class and its links."""
    return plain_text(str(error))


def plain_text(text: str) -> str:
    """As `plain`, of the message alone."""
    if quoted := OF_A_WRITER.search(text):
        text = str(json.loads(quoted[1]))
    return text.removeprefix("IO Error: ").partition(". See also")[0].partition("\n")[0]


def lock_holder(error: duckdb.Error) -> str:
    """The part of DuckDB's message on a lock that names the process, and what to do."""
    text = str(error)
    start, end = text.find("held in"), text.find(")", text.find("PID"))
    holder = text[start : end + 1] if 0 <= start < end else "another process has locked it"
    return f"{holder}; close it there, or wait until it has finished, then try again"
