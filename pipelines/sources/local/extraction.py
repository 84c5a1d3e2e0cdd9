"""Landing what is new in a coding agent's logs: find, read what changed, merge, replace whole days.

The reading position (size and time of every file read) is the feed's landing cursor, so it moves together with
the data. A file that is gone keeps its days in landing: the tools delete their logs after some weeks. Belongs here:
what is the same for every agent. Does not: what a record of one means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.domain.records import RecordKind, SourceKind, UsageRecord, to_table
from pipelines.domain.wording import counted
from pipelines.landing import Feed, LandingStore, Manifest
from pipelines.sources.local import log_files
from pipelines.sources.local.agent import LocalAgent
from pipelines.sources.local.replies import Reading, Reply, ReplyKey, keep_better
from pipelines.sources.outcomes import Status

EVENT_LENGTH = timedelta(milliseconds=1)
CLOCKS_APART = timedelta(hours=26)
"""A reply dated later than this from now is damaged, and would stand in every forecast."""
REASONS_SHOWN = 20
PROGRESS_STEPS = 20
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


@dataclass(frozen=True)
class Extraction:
    """What one extraction did.

    `status` is MISSING when no root has a log folder, FAILED when a place could not be read (all others were), else
    OK; `message` says why in one sentence. `broken_lines` counts the lines of the files now on disk that could not
    be used, read this time or before; `reasons` are the first, as file:line: why. `duplicates_dropped` are copies,
    among the lines read this time, of a reply that was counted once.
    """

    status: Status
    message: str | None
    files_found: int
    files_read: int
    files_unchanged: int
    unreadable: tuple[str, ...]
    lines_read: int
    broken_lines: int
    reasons: tuple[str, ...]
    copies_read: int
    duplicates_dropped: int
    messages_landed: int
    days_changed: int


def extract(
    agent: LocalAgent,
    roots: Sequence[Path],
    host: str,
    landing: LandingStore,
    now: datetime,
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Extraction:
    """Land what is new in `agent`'s logs under `roots`; with nothing changed, read no file and change nothing.

    A file that cannot be read is named in the result and tried again next time; all others are landed.

    Raises:
        LandingError: the landing store is damaged or busy.
    """
    feed = agent.feed(host)
    cursor = _Cursor.of(landing.manifest(feed), agent.revision)
    listing = log_files.find(roots, agent.places)
    to_read = log_files.changed(listing.files, cursor.files)
    new = _New()
    for file in _with_progress(to_read, progress):
        try:
            reading = agent.read(file.path, file.name, now + CLOCKS_APART)
        except OSError as error:
            listing.refuse(file.path, error)
            continue
        new.add(reading)
        cursor.note(file, reading)
    replies = agent.merge(new.replies.values())
    days_changed = 0
    if new.files:
        progress(f"landing {counted(len(replies), 'reply', 'replies')}")
        cursor.forget_all_but(listing.files)
        days_changed = _land(landing, agent, host, new.replies.values(), cursor, now=now)
    status, message = _ending(agent, roots, listing)
    broken_lines, reasons = cursor.broken_lines(listing.files)
    return Extraction(
        status=status,
        message=message,
        files_found=len(listing.files),
        files_read=new.files,
        files_unchanged=len(listing.files) - len(to_read),
        unreadable=tuple(listing.unreadable),
        lines_read=new.lines,
        broken_lines=broken_lines,
        reasons=tuple(reasons[:REASONS_SHOWN]),
        copies_read=new.copies,
        duplicates_dropped=new.copies - len(replies),
        messages_landed=_landed_rows(landing, feed),
        days_changed=days_changed,
    )


@dataclass
class _New:
    """What the files read this time hold together."""

    replies: dict[ReplyKey, Reply] = field(default_factory=dict)
    files: int = 0
    lines: int = 0
    copies: int = 0

    def add(self, reading: Reading) -> None:
        self.files += 1
        self.lines += reading.lines
        self.copies += reading.copies
        for reply in reading.replies.values():
            keep_better(self.replies, reply)


@dataclass
class _Cursor:
    """The reading position: what every file looked like when it was read, and what of it could not be used.

    A file that a reader of another revision read counts as not read.
    """

    files: dict[str, list[int]]
    broken: dict[str, dict[str, Any]]
    revision: int

    @classmethod
    def of(cls, manifest: Manifest | None, revision: int) -> _Cursor:
        kept = manifest.cursor if manifest else {}
        files = kept.get("files", {}) if kept.get("revision", 1) == revision else {}
        return cls(dict(files), dict(kept.get("broken", {})), revision)

    def note(self, file: log_files.LogFile, reading: Reading) -> None:
        self.files[file.cursor_key] = file.state
        self.broken.pop(file.cursor_key, None)
        if reading.broken:
            self.broken[file.cursor_key] = {"lines": reading.broken, "reasons": reading.reasons}

    def forget_all_but(self, files: Iterable[log_files.LogFile]) -> None:
        """Let go of files that are gone, so that the position does not grow for ever; one that comes back is read."""
        there = {file.cursor_key for file in files}
        self.files = {key: state for key, state in self.files.items() if key in there}
        self.broken = {key: kept for key, kept in self.broken.items() if key in there}

    def broken_lines(self, files: Iterable[log_files.LogFile]) -> tuple[int, list[str]]:
        """How many lines of these files could not be used, and the first reasons of each."""
        kept = [self.broken[file.cursor_key] for file in files if file.cursor_key in self.broken]
        return sum(entry["lines"] for entry in kept), [reason for entry in kept for reason in entry["reasons"]]

    def to_json(self) -> dict[str, Any]:
        return {"files": self.files, "broken": self.broken, "revision": self.revision}


def _with_progress(files: Sequence[log_files.LogFile], progress: Callable[[str], None]) -> Iterator[log_files.LogFile]:
    step = max(1, len(files) // PROGRESS_STEPS)
    for index, file in enumerate(files):
        if index % step == 0:
            progress(f"reading log {index + 1:,} of {len(files):,}")
        yield file


def _ending(agent: LocalAgent, roots: Sequence[Path], listing: log_files.Listing) -> tuple[Status, str | None]:
    if listing.unreadable:
        places = counted(len(listing.unreadable), "place")
        return Status.FAILED, (
            f"{places} could not be read, the first is {listing.unreadable[0]}: let this user read it and run again; "
            "everything else was landed"
        )
    if not listing.files and not any((root / place.folder).is_dir() for root in roots for place in agent.places):
        return Status.MISSING, f"no {agent.title} logs in {', '.join(map(log_files.as_text, roots))}"
    return Status.OK, None


def _land(
    landing: LandingStore, agent: LocalAgent, host: str, replies: Iterable[Reply], cursor: _Cursor, *, now: datetime
) -> int:
    by_day = _merged_days(landing, agent, host, list(replies))
    tables = {
        day: to_table(_record(agent, reply, host) for reply in whole_day)
        for day, whole_day in by_day.items()
        if whole_day
    }
    emptied = [day for day, whole_day in by_day.items() if not whole_day]
    change = landing.replace(agent.feed(host), tables, cursor=cursor.to_json(), now=now, drop_days=emptied)
    return len(change.days)


def _merged_days(
    landing: LandingStore, agent: LocalAgent, host: str, replies: Sequence[Reply]
) -> dict[date, list[Reply]]:
    """Every day that `replies` touch, whole: what was landed of it and what was read, each reply once.

    `replies` are all copies that were read: one that gives way to another may have been landed on a day of its own.
    """
    feed = agent.feed(host)
    earlier = {reply.earlier_id for reply in replies}
    days = {reply.moment.date() for reply in replies} | _days_of(landing, feed, replies)
    landed = [reply for reply in _landed_replies(landing, feed, days) if reply.message_id not in earlier]
    by_day: dict[date, list[Reply]] = {day: [] for day in days}
    for reply in agent.merge([*landed, *replies]).values():
        by_day[reply.moment.date()].append(reply)
    return by_day


def _days_of(landing: LandingStore, feed: Feed, replies: Iterable[Reply]) -> set[date]:
    """The days on which a copy of one of `replies` has landed: a better copy may belong to another day."""
    landed = landing.read(feed, columns=["message_id", "period_start"])
    ids = pa.array({name for reply in replies for name in (reply.message_id, reply.earlier_id)}, pa.string())
    known = landed.filter(pc.is_in(landed["message_id"], ids))
    return set(known["period_start"].cast(pa.date32()).to_pylist())


def _landed_replies(landing: LandingStore, feed: Feed, days: Iterable[date]) -> Iterator[Reply]:
    columns = [column.to_pylist() for column in landing.read(feed, days, list(LANDED_COLUMNS)).itercolumns()]
    for message_id, request_id, moment, *rest in zip(*columns, strict=True):
        yield Reply(message_id, request_id, moment.replace(tzinfo=UTC), *rest)


def _landed_rows(landing: LandingStore, feed: Feed) -> int:
    manifest = landing.manifest(feed)
    return sum(partition.row_count for partition in manifest.partitions.values()) if manifest else 0


def _record(agent: LocalAgent, reply: Reply, host: str) -> UsageRecord:
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
