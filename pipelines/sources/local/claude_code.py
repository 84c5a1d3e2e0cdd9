"""Claude Code's session logs as a source: which files to read, and what of them to land.

The reading position (size and time of every file read) is the feed's landing cursor, so it moves together with
the data. A file that is gone keeps its days in landing: the tool deletes its logs after some weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.domain.records import RecordKind, SourceKind, UsageRecord, to_table
from pipelines.errors import SourceError
from pipelines.landing import Feed, LandingStore, Manifest, Partition
from pipelines.sources.local import log_files
from pipelines.sources.local.claude_code_messages import REASONS_KEPT, Message, Reading, merge, read_file

SOURCE = "claude_code"
ACCOUNT = "claude-code"
PATTERN = "projects/**/*.jsonl"
EVENT_LENGTH = timedelta(milliseconds=1)
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
    """What one extraction did. `reasons` are the first lines that could not be used, as file:line: why."""

    files_found: int
    files_read: int
    lines_read: int
    broken_lines: int
    reasons: tuple[str, ...]
    copies_read: int
    messages_landed: int
    days_changed: int


def log_roots(claude_config_dir: str | None, xdg_config_home: str | None, user_home: Path) -> list[Path]:
    """Where Claude Code may keep its logs: the folders its own variable names, else both of its usual places."""
    if claude_config_dir:
        return [Path(part.strip()).expanduser() for part in claude_config_dir.split(",") if part.strip()]
    config = Path(xdg_config_home) if xdg_config_home else user_home / ".config"
    return [config / "claude", user_home / ".claude"]


def feed_of(host: str) -> Feed:
    """The feed of one machine's logs."""
    return Feed(SourceKind.LOCAL, SOURCE, host)


def extract(
    roots: Sequence[Path], host: str, landing: LandingStore, now: datetime, progress: Callable[[str], None]
) -> Extraction:
    """Land what is new in the logs under `roots`; with nothing changed, read no file and change nothing.

    Raises:
        SourceError: a file cannot be read; nothing of this extraction is landed then.
        LandingError: the landing store is damaged or busy.
    """
    feed = feed_of(host)
    manifest = landing.manifest(feed)
    cursor = _Cursor.of(manifest)
    found = list(log_files.find(roots, PATTERN))
    to_read = log_files.changed(found, cursor.files)
    reading = Reading()
    for index, file in enumerate(to_read, 1):
        progress(f"reading log {index} of {len(to_read)}")
        before = reading.broken
        try:
            read_file(file.path, file.name, reading)
        except OSError as error:
            raise SourceError(f"{file.path} cannot be read ({error.strerror})") from error
        cursor.note(file, reading.broken - before, reading.reasons)
    days_changed = 0
    if to_read:
        progress(f"landing {len(reading.messages):,} replies")
        days_changed = _land(landing, feed, reading, cursor, now)
    return Extraction(
        files_found=len(found),
        files_read=len(to_read),
        lines_read=reading.lines,
        broken_lines=sum(cursor.broken.values()),
        reasons=tuple(cursor.reasons),
        copies_read=reading.copies,
        messages_landed=sum(partition.row_count for partition in _partitions(landing, feed)),
        days_changed=days_changed,
    )


@dataclass
class _Cursor:
    """The reading position: what every file looked like when it was read, and what of it could not be used."""

    files: dict[str, list[int]]
    broken: dict[str, int]
    reasons: list[str]

    @classmethod
    def of(cls, manifest: Manifest | None) -> _Cursor:
        kept = manifest.cursor if manifest else {}
        return cls(dict(kept.get("files", {})), dict(kept.get("broken", {})), list(kept.get("reasons", [])))

    def note(self, file: log_files.LogFile, broken: int, reasons: list[str]) -> None:
        self.files[file.cursor_key] = file.state
        self.broken.pop(file.cursor_key, None)
        if broken:
            self.broken[file.cursor_key] = broken
        others = [reason for reason in self.reasons if not reason.startswith(f"{file.name}:")]
        self.reasons = [*others, *(reason for reason in reasons if reason.startswith(f"{file.name}:"))][:REASONS_KEPT]

    def to_json(self) -> dict[str, Any]:
        return {"files": self.files, "broken": self.broken, "reasons": self.reasons}


def _land(landing: LandingStore, feed: Feed, reading: Reading, cursor: _Cursor, now: datetime) -> int:
    by_day = _merged_days(landing, feed, reading)
    tables = {
        day: to_table(_record(message, feed.name) for message in messages)
        for day, messages in by_day.items()
        if messages
    }
    emptied = [day for day, messages in by_day.items() if not messages]
    change = landing.replace(feed, tables, cursor=cursor.to_json(), now=now, drop_days=emptied)
    return len(change.days)


def _merged_days(landing: LandingStore, feed: Feed, reading: Reading) -> dict[date, list[Message]]:
    """Every day that the reading touches, whole: what was landed of it and what was read, each reply once."""
    read_ids = {message.message_id for message in reading.messages.values()}
    touched = {message.moment.date() for message in reading.messages.values()}
    for day in _landed_days(landing, feed):
        if day not in touched:
            landed = landing.read(feed, [day], ["message_id"])["message_id"].to_pylist()
            if not read_ids.isdisjoint(landed):
                touched.add(day)
    landed_messages = _landed_messages(landing, feed, touched)
    by_day: dict[date, list[Message]] = {day: [] for day in touched}
    for message in merge([*landed_messages, *reading.messages.values()]).values():
        by_day[message.moment.date()].append(message)
    return by_day


def _landed_messages(landing: LandingStore, feed: Feed, days: Iterable[date]) -> list[Message]:
    table = landing.read(feed, days, LANDED_COLUMNS)
    columns = [column.to_pylist() for column in table.itercolumns()]
    messages = []
    for message_id, request_id, moment, *rest in zip(*columns, strict=True):
        messages.append(Message(message_id, request_id, moment.replace(tzinfo=UTC), *rest))
    return messages


def _landed_days(landing: LandingStore, feed: Feed) -> tuple[date, ...]:
    manifest = landing.manifest(feed)
    return manifest.days if manifest else ()


def _partitions(landing: LandingStore, feed: Feed) -> list[Partition]:
    manifest = landing.manifest(feed)
    return list(manifest.partitions.values()) if manifest else []


def seller(model: str) -> str:
    """Who sells a model of this name: Vertex names carry @, Bedrock names a vendor prefix or a revision."""
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
