"""Replies of one coding agent that landed under two hosts: a machine that was renamed, or logs that were copied.

Each counts once, under the host that has more of its tokens, else under the first in the order that is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from pipelines.domain.records import TOKEN_COLUMNS
from pipelines.landing.manifest import Feed, Manifest
from pipelines.landing.store import LandingStore

UNIQUE_ID = 16
"""A shorter id of a reply may be counted up anew on each machine, so its moment has to be the same too."""
COLUMNS = ("record_key", "message_id", "request_id", "session_id", "period_start", "model_raw", *TOKEN_COLUMNS)


class _Copy(NamedTuple):
    feed: Feed
    tokens: int
    record_key: str


def repeated_replies(landing: LandingStore, hosts: Sequence[Manifest]) -> dict[tuple[Feed, date], frozenset[str]]:
    """(feed, day) -> the record keys of replies that count under another host.

    Args:
        landing: where their rows are.
        hosts: the feeds of one agent; of equal copies the first one's counts.
    """
    days = sorted({day for manifest in hosts for day in manifest.days})
    left_out: dict[tuple[Feed, date], frozenset[str]] = {}
    for day in days:
        having = [host.feed for host in hosts if day in host.partitions and host.partitions[day].row_count]
        if len(having) > 1:
            for copy in _lesser_copies(landing, having, day):
                place = (copy.feed, day)
                left_out[place] = left_out.get(place, frozenset()) | {copy.record_key}
    return left_out


def _lesser_copies(landing: LandingStore, feeds: Sequence[Feed], day: date) -> Iterator[_Copy]:
    best: dict[tuple[Any, ...], _Copy] = {}
    for feed in feeds:
        for row in landing.read(feed, [day], COLUMNS).to_pylist():
            copy = _Copy(feed, sum(row[name] or 0 for name in TOKEN_COLUMNS), row["record_key"])
            # What one feed holds twice is not this room's to judge: the agent's reader has merged it.
            known = [found for key in _keys(row) if (found := best.get(key)) and found.feed != feed]
            better = max(known, key=lambda found: found.tokens, default=None)
            if better is not None and better.tokens >= copy.tokens:
                yield copy
                continue
            yield from dict.fromkeys(known)
            best.update(dict.fromkeys(_keys(row), copy))


def _keys(row: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What makes two rows the same reply: its id; or, if ids were once made otherwise, session, moment and figures."""
    if row["message_id"] is not None:
        moment = None if len(row["message_id"]) >= UNIQUE_ID else row["period_start"]
        yield "id", row["message_id"], row["request_id"], moment
    tokens = tuple(row[name] for name in TOKEN_COLUMNS)
    if row["session_id"] is not None and any(tokens):
        yield "use", row["session_id"], row["period_start"], row["model_raw"], tokens
