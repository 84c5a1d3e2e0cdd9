"""Claude Code's session logs as a source: which files to read, and what of them to land.

The reading position (size and time of every file read) is the feed's landing cursor, so it moves together with
the data. A file that is gone keeps its days in landing: the tool deletes its logs after some weeks.
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
from pipelines.landing import Feed, LandingStore, Manifest
from pipelines.sources.local import log_files
from pipelines.sources.local.claude_code_messages import Message, MessageKey, Reading, keep_better, merge, read_file
from pipelines.sources.outcomes import Status

SOURCE = "claude_code"
ACCOUNT = "claude-code"
LOG_FOLDER = "projects"
LOG_SUFFIX = ".jsonl"
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
    "model_raw",
    "service_tier",
    "speed",
    "inference_geo",
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "web_search_requests",
    "is_sidechain",
    "source_file",
)
"""The landing columns a `Message` is made of, in the order of its fields."""


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


def log_roots(claude_config_dir: str | None, xdg_config_home: str | None, user_home: Path) -> list[Path]:
    """Where Claude Code may keep its logs: the folders its own variable names, else both of its usual places."""
    named = [part.strip() for part in (claude_config_dir or "").split(",") if part.strip()]
    if named:
        return [user_home / part[2:] if part.startswith("~/") else Path(part) for part in named]
    config = Path(xdg_config_home) if xdg_config_home else user_home / ".config"
    return [config / "claude", user_home / ".claude"]


def feed_of(host: str) -> Feed:
    """The feed of one machine's logs."""
    return Feed(SourceKind.LOCAL, SOURCE, host)


def extract(
    roots: Sequence[Path],
    host: str,
    landing: LandingStore,
    now: datetime,
    progress: Callable[[str], None] = lambda _: None,
) -> Extraction:
    """Land what is new in the logs under `roots`; with nothing changed, read no file and change nothing.

    A file that cannot be read is named in the result and tried again next time; all others are landed.

    Raises:
        LandingError: the landing store is damaged or busy.
    """
    feed = feed_of(host)
    cursor = _Cursor.of(landing.manifest(feed))
    listing = log_files.find(roots, LOG_FOLDER, LOG_SUFFIX)
    to_read = log_files.changed(listing.files, cursor.files)
    new = _New()
    for file in _with_progress(to_read, progress):
        try:
            reading = read_file(file.path, file.name, now + CLOCKS_APART)
        except OSError as error:
            listing.refuse(file.path, error)
            continue
        new.add(reading)
        cursor.note(file, reading)
    replies = merge(new.messages.values())
    days_changed = 0
    if new.files:
        progress(f"landing {len(replies):,} replies")
        cursor.forget_all_but(listing.files)
        days_changed = _land(landing, feed, replies.values(), cursor, now)
    status, message = _ending(roots, listing)
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

    messages: dict[MessageKey, Message] = field(default_factory=dict)
    files: int = 0
    lines: int = 0
    copies: int = 0

    def add(self, reading: Reading) -> None:
        self.files += 1
        self.lines += reading.lines
        self.copies += reading.copies
        for message in reading.messages.values():
            keep_better(self.messages, message)


@dataclass
class _Cursor:
    """The reading position: what every file looked like when it was read, and what of it could not be used."""

    files: dict[str, list[int]]
    broken: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, manifest: Manifest | None) -> _Cursor:
        kept = manifest.cursor if manifest else {}
        return cls(dict(kept.get("files", {})), dict(kept.get("broken", {})))

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
        return {"files": self.files, "broken": self.broken}


def _with_progress(files: Sequence[log_files.LogFile], progress: Callable[[str], None]) -> Iterator[log_files.LogFile]:
    step = max(1, len(files) // PROGRESS_STEPS)
    for index, file in enumerate(files):
        if index % step == 0:
            progress(f"reading log {index + 1:,} of {len(files):,}")
        yield file


def _ending(roots: Sequence[Path], listing: log_files.Listing) -> tuple[Status, str | None]:
    if listing.unreadable:
        count = len(listing.unreadable)
        places = "1 place" if count == 1 else f"{count} places"
        return Status.FAILED, (
            f"{places} could not be read, the first is {listing.unreadable[0]}: let this user read it and run again; "
            "everything else was landed"
        )
    if not listing.files and not any((root / LOG_FOLDER).is_dir() for root in roots):
        return Status.MISSING, f"no Claude Code logs in {', '.join(map(log_files.as_text, roots))}"
    return Status.OK, None


def _land(landing: LandingStore, feed: Feed, replies: Iterable[Message], cursor: _Cursor, now: datetime) -> int:
    by_day = _merged_days(landing, feed, list(replies))
    tables = {
        day: to_table(_record(message, feed.name) for message in messages)
        for day, messages in by_day.items()
        if messages
    }
    emptied = [day for day, messages in by_day.items() if not messages]
    change = landing.replace(feed, tables, cursor=cursor.to_json(), now=now, drop_days=emptied)
    return len(change.days)


def _merged_days(landing: LandingStore, feed: Feed, replies: Sequence[Message]) -> dict[date, list[Message]]:
    """Every day that `replies` touch, whole: what was landed of it and what was read, each reply once."""
    days = {message.moment.date() for message in replies} | _days_of(landing, feed, replies)
    by_day: dict[date, list[Message]] = {day: [] for day in days}
    for message in merge([*_landed_messages(landing, feed, days), *replies]).values():
        by_day[message.moment.date()].append(message)
    return by_day


def _days_of(landing: LandingStore, feed: Feed, replies: Iterable[Message]) -> set[date]:
    """The days on which a copy of one of `replies` has landed: a better copy may belong to another day."""
    landed = landing.read(feed, columns=["message_id", "period_start"])
    ids = pa.array({message.message_id for message in replies}, pa.string())
    known = landed.filter(pc.is_in(landed["message_id"], ids))
    return set(known["period_start"].cast(pa.date32()).to_pylist())


def _landed_messages(landing: LandingStore, feed: Feed, days: Iterable[date]) -> Iterator[Message]:
    columns = [column.to_pylist() for column in landing.read(feed, days, list(LANDED_COLUMNS)).itercolumns()]
    for message_id, request_id, moment, *rest in zip(*columns, strict=True):
        yield Message(message_id, request_id, moment.replace(tzinfo=UTC), *rest)


def _landed_rows(landing: LandingStore, feed: Feed) -> int:
    manifest = landing.manifest(feed)
    return sum(partition.row_count for partition in manifest.partitions.values()) if manifest else 0


def seller(model: str | None) -> str:
    """Who sells a model of this name: Vertex names carry @, Bedrock names a vendor prefix or an ARN."""
    if model is None:
        return "anthropic"
    if "@" in model:
        return "google"
    if "anthropic." in model or model.startswith("arn:aws"):
        return "aws"
    return "anthropic"


def _record(message: Message, host: str) -> UsageRecord:
    return UsageRecord(
        source_kind=SourceKind.LOCAL,
        source=SOURCE,
        record_kind=RecordKind.USAGE,
        account_name=ACCOUNT,
        provider=seller(message.model),
        host=host,
        period_start=message.moment,
        period_end=message.moment + EVENT_LENGTH,
        grain="event",
        project=message.project,
        model_raw=message.model,
        service_tier=message.service_tier,
        speed=message.speed,
        inference_geo=message.inference_geo,
        session_id=message.session_id,
        message_id=message.message_id,
        request_id=message.request_id,
        is_sidechain=message.is_sidechain,
        requests=1,
        input_uncached_tokens=message.input_uncached,
        cache_read_tokens=message.cache_read,
        cache_write_5m_tokens=message.cache_write_5m,
        cache_write_1h_tokens=message.cache_write_1h,
        output_tokens=message.output,
        web_search_requests=message.web_searches,
        source_file=message.source_file,
    )
