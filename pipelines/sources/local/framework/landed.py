"""Replies of a coding agent as they lie in landing: which days new ones touch, and what a row is made of.

Belongs here: the way from replies to rows and back. Does not: reading logs, or which copy of a reply counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from pipelines.domain.records import RecordKind, table_of
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, IdIndex, LandingStore, Manifest
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.local.framework.log_files import DATABASES, LogFile
from pipelines.sources.local.framework.replies import ParsedLog, Reply

EVENT_LENGTH = timedelta(milliseconds=1)
COLUMN_OF = {
    **{field.name: field.name for field in fields(Reply) if field.name != "earlier_id"},
    "moment": "period_start",
    "model": "model_raw",
}
"""A field of `Reply` -> its landing column, in the order of the fields."""
_landed = attrgetter(*COLUMN_OF)


@dataclass
class Superseded:
    """What landed from files that were read again by another revision of their reader, and is replaced.

    Of a database that is what is in the sessions it still has: programs delete sessions, and what was used stays.
    """

    files: set[str] = field(default_factory=set)
    sessions: set[tuple[str, str | None]] = field(default_factory=set)

    def add(self, file: LogFile, reading: ParsedLog) -> None:
        """The file was read again, and gave this."""
        names = {file.name, file.plain_name}
        if file.path.suffix in DATABASES:
            self.sessions |= {(name, reply.session_id) for reply in reading.replies.values() for name in names}
        else:
            self.files |= names

    def covers(self, landed: Reply) -> bool:
        """Whether a landed reply is replaced."""
        return landed.source_file in self.files or (landed.source_file, landed.session_id) in self.sessions

    @property
    def names(self) -> set[str]:
        """The source files of all that may be replaced."""
        return self.files | {name for name, _ in self.sessions}


class Landed(NamedTuple):
    """What is in effect then, and how many days changed. `ids_rebuilt`: the index of ids was lost, and read again."""

    manifest: Manifest | None
    days_changed: int
    ids_rebuilt: bool

    @property
    def rows(self) -> int:
        """How many replies are in landing."""
        return sum(part.row_count for part in self.manifest.partitions.values()) if self.manifest else 0


def land(
    landing: LandingStore,
    agent: LocalAgent,
    host: str,
    replies: Sequence[Reply],
    superseded: Superseded,
    *,
    cursor: dict[str, Any],
    now: datetime,
) -> Landed:
    """Replace every day that `replies` change, together with the reading position.

    Raises:
        LandingError: the landing store is damaged or busy.
    """
    feed = agent.feed(host)
    ids = landing.ids(feed)
    by_day = _merged_days(landing, agent, feed, ids, replies=replies, superseded=superseded)
    tables = {day: table_of_replies(agent, whole_day, host) for day, whole_day in by_day.items() if whole_day}
    emptied = [day for day, whole_day in by_day.items() if not whole_day]
    change = landing.replace(feed, tables, cursor=cursor, now=now, drop_days=emptied)
    ids.follow(change.manifest, tables)
    return Landed(change.manifest, len(change.days), ids_rebuilt=ids.was_rebuilt)


def _merged_days(
    landing: LandingStore,
    agent: LocalAgent,
    feed: Feed,
    ids: IdIndex,
    *,
    replies: Sequence[Reply],
    superseded: Superseded,
) -> dict[date, list[Reply]]:
    """Every day that changes, whole: what was landed of it and what was read, each reply once.

    `replies` are all copies that were read: one that gives way to another may have been landed on a separate day.
    """
    earlier = {(reply.earlier_id, reported) for reply in replies for reported in (None, reply.request_id)}
    days = {reply.moment.date() for reply in replies} | _days_touched(agent, ids, replies, superseded.names)
    by_day: dict[date, list[Reply]] = {day: [] for day in days}
    landed = [
        reply
        for reply in _landed_replies(landing, feed, days)
        if reply.key not in earlier and not superseded.covers(reply)
    ]
    for reply in agent.merge([*landed, *replies]).values():
        by_day[reply.moment.date()].append(reply)
    return by_day


def table_of_replies(agent: LocalAgent, replies: Sequence[Reply], host: str) -> pa.Table:
    """The rows that replies land as, by column: there are millions of them, and each is used once."""
    columns = dict(zip(COLUMN_OF.values(), zip(*map(_landed, replies), strict=True), strict=True)) if replies else {}
    constants = {
        "source_kind": SourceKind.LOCAL,
        "source": agent.name,
        "record_kind": RecordKind.USAGE,
        "account_name": agent.account,
        "host": host,
        "grain": "event",
    }
    ends = {"period_end": [reply.moment + EVENT_LENGTH for reply in replies]}
    return table_of(len(replies), {**columns, **ends}, constants)


def _days_touched(agent: LocalAgent, ids: IdIndex, replies: Sequence[Reply], superseded: set[str]) -> set[date]:
    """The days on which a copy of one of `replies` has landed, or what is superseded, or more of the same session.

    A better copy may belong to another day than the one that it replaces.
    """
    messages = {name for reply in replies for name in (reply.message_id, reply.earlier_id) if name is not None}
    sessions = {reply.session_id for reply in replies if reply.session_id} if agent.compares_sessions else set()
    return ids.days_having({"message_id": messages, "source_file": superseded, "session_id": sessions})


def _landed_replies(landing: LandingStore, feed: Feed, days: Iterable[date]) -> Iterator[Reply]:
    columns = [column.to_pylist() for column in landing.read(feed, days, list(COLUMN_OF.values())).itercolumns()]
    for message_id, request_id, moment, *rest in zip(*columns, strict=True):
        yield Reply(message_id, request_id, moment.replace(tzinfo=UTC), *rest)
