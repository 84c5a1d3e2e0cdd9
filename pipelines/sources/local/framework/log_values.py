"""Taking values out of a log's record: texts, counts, moments. What cannot be right is refused with its reason.

Belongs here: what applies to every coding agent's records. Does not: which field means what.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.presentation.messages import NO_TIMESTAMP, NOT_A_COUNT

LARGEST_COUNT = 10**12
"""Tokens of one reply. More is a damaged number, which would drown every true one."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LARGEST_EPOCH = 10**11
"""Seconds since 1970 stay below it, milliseconds do not: agents write either."""

OPTIONAL_KINDS = ("cach", "thought", "think", "reason")
"""What names of counts that may be left out have in common."""


NOT_TEXT = "(not text)"
"""A reported tier, speed or region that is not text: what it changes is not known, so no price applies to it."""


class UnusableRecordError(Exception):
    """Why a record cannot be used, in our words: nothing of the record is quoted."""


def mapping(record: dict[str, Any], *path: str) -> dict[str, Any]:
    """The object at `path` in `record`; an empty one where there is none."""
    value: Any = record
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str | None:
    """A string that says something, with what cannot be stored of it (half a surrogate pair) as a question mark."""
    if not isinstance(value, str) or not value:
        return None
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def modifier(value: Any) -> str | None:
    """A tier, speed or region as reported: `NOT_TEXT` for a number, a list or the like, None for none."""
    return text(value) if value is None or isinstance(value, str) else NOT_TEXT


def count(values: Mapping[str, Any], name: str) -> int:
    """The count that `values` states under `name`, 0 where it states none.

    Raises:
        UnusableRecordError: it is not a plausible count.
    """
    return reported_count(values, name) or 0


def reported_count(values: Mapping[str, Any], name: str) -> int | None:
    """The count that `values` states under `name`, None where it states none; 100.0 is 100, 100.5 is refused.

    Raises:
        UnusableRecordError: it is not a plausible count.
    """
    value = values.get(name)
    if value is None:
        return None
    if type(value) is float and value.is_integer():
        value = int(value)  # gateways written in languages without whole numbers state them so
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise UnusableRecordError(f"{name} {NOT_A_COUNT}")
    return value


def none_renamed(
    usage: Mapping[str, Any], always: Iterable[str], sometimes: Iterable[str] = (), known: Iterable[str] = ()
) -> None:
    """Refuse a usage object that lacks a count and has another number in its place: a newer version renamed it.

    Args:
        usage: the counts of one reply.
        always: the counts that every reply states.
        sometimes: those that may be left out; each is missed only where a number of its kind has a name not known.
        known: other names that the object may have.

    Raises:
        UnusableRecordError: a count seems to be under another name, and would be taken for 0.
    """
    always, sometimes = tuple(always), tuple(sometimes)
    if usage.keys() >= {*always, *sometimes}:
        return
    others = [name.lower() for name in _numbers(usage, {*always, *sometimes, *known})]
    kinds = [kind for kind in OPTIONAL_KINDS if any(kind in name for name in others)]
    lacking = [name for name in always if others and name not in usage]
    lacking += [name for name in sometimes if name not in usage and any(kind in name.lower() for kind in kinds)]
    if lacking:
        raise UnusableRecordError(f"{lacking[0]} is missing, but there is a count with an unknown name")


def is_above_0(value: Any) -> bool:
    """Whether a value is a number above 0, as text too, or contains one however deep."""
    if isinstance(value, dict | list):
        return any(map(is_above_0, value.values() if isinstance(value, dict) else value))
    if isinstance(value, str):
        return value.isdecimal() and value.strip("0") != ""
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _numbers(usage: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    """The names of numbers above 0 that are not `known`, those of an object inside after its own."""
    for name, value in usage.items():
        if name in known:
            continue
        if isinstance(value, dict):
            yield from (f"{name}.{inner}" for inner in _numbers(value, set()))
        elif isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            yield name


def moment(value: Any, latest: datetime) -> datetime:
    """The UTC moment of an ISO 8601 text with its zone.

    Raises:
        UnusableRecordError: there is none, it has no time zone, or it lies after `latest`.
    """
    try:
        reported = datetime.fromisoformat(value)
        in_utc = reported.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise UnusableRecordError(NO_TIMESTAMP) from error
    if reported.tzinfo is None:
        raise UnusableRecordError("the reply's timestamp has no time zone")
    return _not_after(in_utc, latest)


def moment_since_1970(value: Any, latest: datetime) -> datetime:
    """The UTC moment that is so many seconds or milliseconds after 1970 began.

    Raises:
        UnusableRecordError: there is none, or it lies after `latest`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise UnusableRecordError(NO_TIMESTAMP)
    milliseconds = value * 1000 if value < LARGEST_EPOCH else value
    try:
        return _not_after(EPOCH + timedelta(milliseconds=milliseconds), latest)
    except OverflowError as error:
        raise UnusableRecordError(NO_TIMESTAMP) from error


def moment_of(value: Any, latest: datetime) -> datetime:
    """The UTC moment of either kind, for agents that have written both.

    Raises:
        UnusableRecordError: as `moment` and `moment_since_1970`.
    """
    return moment(value, latest) if isinstance(value, str) else moment_since_1970(value, latest)


def last_folder(path: Any) -> str | None:
    """The last part of the folder that was worked in: enough to know it by, less than a path tells."""
    folder = (text(path) or "").replace("\\", "/").rstrip("/")
    return folder.rsplit("/", 1)[-1] or None


def digest_id(parts: Iterable[Any]) -> str:
    """An id for a reply that states none: copies of it in other files give the same."""
    written = "\0".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:32]


def _not_after(reported: datetime, latest: datetime) -> datetime:
    if reported > latest:
        raise UnusableRecordError("the reply's timestamp is in the future")
    return reported
