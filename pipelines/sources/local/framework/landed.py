"""Replies of a coding agent as they lie in landing: which days new ones touch, and what a row is made of.

Belongs here: the way from replies to rows and back. Does not: reading logs, or which copy of a reply counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from pipelines.domain.records import RecordKind, SourceKind, UsageRecord, to_table
from pipelines.landing import Feed, IdIndex, LandingStore, Manifest
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.local.framework.log_files import DATABASES, LogFile
from pipelines.sources.local.framework.replies import Reading, Reply

EVENT_LENGTH = timedelta(milliseconds=1)
LANDED_COLUMNS = (
    "message_id",
    "request_id",
    "period_start",
    "session_id",
    "project",
    "provider",
    "model_raw",
    "source_file",
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "cache_write_other_tokens",
    "output_tokens",
    "reasoning_tokens",
    "web_search_requests",
    "requests",
    "is_sidechain",
    "service_tier",
    "speed",
    "inference_geo",
    "note",
)
"""The landing columns a `Reply` is made of, in the order of its fields."""


@dataclass
class Superseded:
    """What landed from files that were read again by another revision of their reader, and is replaced.

    Of a database that is what is in the sessions it still has: programs delete sessions, and what was used stays.
    """

    files: set[str] = field(default_factory=set)
    sessions: set[tuple[str, str | None]] = field(default_factory=set)

    def add(self, file: LogFile, reading: Reading) -> None:
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
    """What is in force then, and how many days changed. `ids_rebuilt`: the index of ids was lost, and read anew."""

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
    tables = {
        day: to_table(record_of(agent, reply, host) for reply in whole_day)
        for day, whole_day in by_day.items()
        if whole_day
    }
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

    `replies` are all copies that were read: one that gives way to another may have been landed on a day of its own.
    """
    earlier = {(reply.earlier_id, stated) for reply in replies for stated in (None, reply.request_id)}
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


def record_of(agent: LocalAgent, reply: Reply, host: str) -> UsageRecord:
    """The row that a reply lands as."""
    return UsageRecord(
        source_kind=SourceKind.LOCAL,
        source=agent.name,
        record_kind=RecordKind.USAGE,
        account_name=agent.account,
        provider=reply.provider,
        host=host,
        period_start=reply.moment,
        period_end=reply.moment + EVENT_LENGTH,
        grain="event",
        project=reply.project,
        model_raw=reply.model,
        service_tier=reply.service_tier,
        speed=reply.speed,
        inference_geo=reply.inference_geo,
        session_id=reply.session_id,
        message_id=reply.message_id,
        request_id=reply.request_id,
        is_sidechain=reply.is_sidechain,
        requests=reply.requests,
        input_uncached_tokens=reply.input_uncached,
        cache_read_tokens=reply.cache_read,
        cache_write_5m_tokens=reply.cache_write_5m,
        cache_write_1h_tokens=reply.cache_write_1h,
        cache_write_other_tokens=reply.cache_write_other,
        output_tokens=reply.output,
        reasoning_tokens=reply.reasoning,
        web_search_requests=reply.web_searches,
        note=reply.note,
        source_file=reply.source_file,
    )


def _days_touched(agent: LocalAgent, ids: IdIndex, replies: Sequence[Reply], superseded: set[str]) -> set[date]:
    """The days on which a copy of one of `replies` has landed, or what is superseded, or more of the same session.

    A better copy may belong to another day than the one that it replaces.
    """
    messages = {name for reply in replies for name in (reply.message_id, reply.earlier_id) if name is not None}
    sessions = {reply.session_id for reply in replies if reply.session_id} if agent.whole_sessions else set()
    return ids.days_having({"message_id": messages, "source_file": superseded, "session_id": sessions})


def _landed_replies(landing: LandingStore, feed: Feed, days: Iterable[date]) -> Iterator[Reply]:
    columns = [column.to_pylist() for column in landing.read(feed, days, list(LANDED_COLUMNS)).itercolumns()]
    for message_id, request_id, moment, *rest in zip(*columns, strict=True):
        yield Reply(message_id, request_id, moment.replace(tzinfo=UTC), *rest)
