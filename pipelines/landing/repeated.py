"""Replies of one coding agent that landed under two hosts: a machine that was renamed, or logs that were copied.

    <source>/repeated.index    for each day that hosts have in common, which files were compared, and what was found

Each counts once, under the host that has more of its tokens, else under the first in the order that is given. Days are
compared when one of their files is another than in the list; a list that is lost or damaged is rebuilt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.domain.meters import TOKEN_METERS
from pipelines.domain.records import LANDING_SCHEMA
from pipelines.landing import derived
from pipelines.landing.manifest import Feed, Manifest
from pipelines.landing.sealed import DAMAGE
from pipelines.landing.store import LandingStore

FILE = "repeated.index"
VERSION = 1
"""To be raised when two days are compared otherwise."""
UNIQUE_ID = 16
"""A shorter id of a reply may be counted up again on each machine, so its moment has to be the same too."""
COLUMNS = ("record_key", "message_id", "request_id", "session_id", "period_start", "model_raw", *TOKEN_METERS)
SCHEMA = pa.schema([LANDING_SCHEMA.field(name) for name in COLUMNS])


class _Copy(NamedTuple):
    host: str
    tokens: int
    record_key: str


class _Compared(NamedTuple):
    """Of one day: a digest of the files that were compared, and (host, record key) of what does not count."""

    files: str
    lesser: tuple[tuple[str, str], ...]


def repeated_replies(landing: LandingStore, hosts: Sequence[Manifest]) -> dict[tuple[Feed, date], frozenset[str]]:
    """(feed, day) -> the record keys of replies that count under another host.

    Args:
        landing: where their rows are.
        hosts: the feeds of one agent; of equal copies the first one's counts.
    """
    if len(hosts) < 2:  # noqa: PLR2004 - a reply can be repeated by another host alone
        return {}
    path = landing.root / hosts[0].feed.source / FILE
    before = _read(path)
    compared: dict[date, _Compared] = {}
    for day in sorted({day for manifest in hosts for day in manifest.days}):
        having = [host for host in hosts if day in host.partitions and host.partitions[day].row_count]
        if len(having) > 1:
            files = _digest((host.feed.name, host.partitions[day].sha256) for host in having)
            known = before.get(day)
            is_same = known is not None and known.files == files
            compared[day] = known if known and is_same else _Compared(files, _lesser_copies(landing, having, day))
    if compared != before:
        derived.write(path, _to_bytes(compared))
    return {
        (host.feed, day): keys
        for day, (_, lesser) in compared.items()
        for host in hosts
        if (keys := frozenset(key for name, key in lesser if name == host.feed.name))
    }


def _lesser_copies(landing: LandingStore, hosts: Sequence[Manifest], day: date) -> tuple[tuple[str, str], ...]:
    """(host, record key) of the copies that do not count."""
    tables = {host.feed.name: landing.folder(host.feed).table(host.partitions[day], SCHEMA) for host in hosts}
    best: dict[tuple[Any, ...], _Copy] = {}
    lesser: dict[_Copy, None] = {}
    for host, rows in _with_shared_ids(tables).items():
        for row in rows.to_pylist():
            copy = _Copy(host, sum(row[name] or 0 for name in TOKEN_METERS), row["record_key"])
            # What one feed holds twice is not this room's to judge: the agent's reader has merged it.
            known = [found for key in _keys(row) if (found := best.get(key)) and found.host != host]
            better = max(known, key=lambda found: found.tokens, default=None)
            if better is not None and better.tokens >= copy.tokens:
                lesser[copy] = None
                continue
            lesser |= dict.fromkeys(known)
            best.update(dict.fromkeys(_keys(row), copy))
    return tuple((copy.host, copy.record_key) for copy in lesser)


def _digest(files: Iterable[tuple[str, str]]) -> str:
    return hashlib.sha256(orjson.dumps(list(files))).hexdigest()


def _to_bytes(compared: Mapping[date, _Compared]) -> bytes:
    days = {day.isoformat(): [found.files, found.lesser] for day, found in compared.items()}
    return orjson.dumps({"version": VERSION, "days": days})


def _read(path: Path) -> dict[date, _Compared]:
    """What was found before; nothing where that is lost, damaged or of another version."""
    try:
        value = orjson.loads(derived.read(path) or b"")
        if value["version"] != VERSION:
            return {}
        return {
            date.fromisoformat(day): _Compared(files, tuple((host, key) for host, key in lesser))
            for day, (files, lesser) in value["days"].items()
        }
    except DAMAGE:
        return {}


def _with_shared_ids(tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """The rows of each host whose message or session is in another's too, by column: most machines share nothing."""
    shared = {}
    for host, rows in tables.items():
        others = [other for name, other in tables.items() if name != host]
        masks = [
            pc.is_in(rows[column], value_set=pa.concat_tables(others)[column].combine_chunks().drop_null())
            for column in ("message_id", "session_id")
        ]
        shared[host] = rows.filter(pc.or_(*masks))
    return shared


def _keys(row: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What makes two rows the same reply: its id; or, if ids were once made otherwise, session, moment and figures."""
    if row["message_id"] is not None:
        moment = None if len(row["message_id"]) >= UNIQUE_ID else row["period_start"]
        yield "id", row["message_id"], row["request_id"], moment
    tokens = tuple(row[name] for name in TOKEN_METERS)
    if row["session_id"] is not None and any(tokens):
        yield "use", row["session_id"], row["period_start"], row["model_raw"], tokens
