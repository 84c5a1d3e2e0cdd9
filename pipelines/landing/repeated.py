"""Replies of one coding agent that landed under two hosts: a machine that was renamed, or logs that were copied.

Each counts once, under the host that has more of its tokens, else under the first in the order that is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

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
        having = [host for host in hosts if day in host.partitions and host.partitions[day].row_count]
        if len(having) > 1:
            files = tuple((host.feed, host.partitions[day].sha256) for host in having)
            for copy in _lesser_copies(landing.root, files, day):
                place = (copy.feed, day)
                left_out[place] = left_out.get(place, frozenset()) | {copy.record_key}
    return left_out


@lru_cache(maxsize=10_000)
def _lesser_copies(root: Path, files: tuple[tuple[Feed, str], ...], day: date) -> tuple[_Copy, ...]:
    """The copies that do not count. A run asks several times; equal hashes of the files say that nothing changed."""
    landing = LandingStore(root)
    tables = {feed: landing.read(feed, [day], COLUMNS) for feed, _ in files}
    best: dict[tuple[Any, ...], _Copy] = {}
    lesser: dict[_Copy, None] = {}
    for feed, rows in _with_shared_ids(tables).items():
        for row in rows.to_pylist():
            copy = _Copy(feed, sum(row[name] or 0 for name in TOKEN_COLUMNS), row["record_key"])
            # What one feed holds twice is not this room's to judge: the agent's reader has merged it.
            known = [found for key in _keys(row) if (found := best.get(key)) and found.feed != feed]
            better = max(known, key=lambda found: found.tokens, default=None)
            if better is not None and better.tokens >= copy.tokens:
                lesser[copy] = None
                continue
            lesser |= dict.fromkeys(known)
            best.update(dict.fromkeys(_keys(row), copy))
    return tuple(lesser)


def _with_shared_ids(tables: Mapping[Feed, pa.Table]) -> dict[Feed, pa.Table]:
    """The rows of each feed whose message or session is in another feed too, by column: most machines share nothing."""
    shared = {}
    for feed, rows in tables.items():
        others = [other for name, other in tables.items() if name != feed]
        masks = [
            pc.is_in(rows[column], value_set=pa.concat_tables(others)[column].combine_chunks().drop_null())
            for column in ("message_id", "session_id")
        ]
        shared[feed] = rows.filter(pc.or_(*masks))
    return shared


def _keys(row: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What makes two rows the same reply: its id; or, if ids were once made otherwise, session, moment and figures."""
    if row["message_id"] is not None:
        moment = None if len(row["message_id"]) >= UNIQUE_ID else row["period_start"]
        yield "id", row["message_id"], row["request_id"], moment
    tokens = tuple(row[name] for name in TOKEN_COLUMNS)
    if row["session_id"] is not None and any(tokens):
        yield "use", row["session_id"], row["period_start"], row["model_raw"], tokens
