"""Reading Claude Code's session logs line by line, and deciding which copy of a reply counts.

One reply is written several times: once for each streamed block, again in every session that was resumed or
forked from it, and, for a sub-agent, inside `progress` records. A reply is known by its message id and request
id. Of its copies the main thread's wins over a side chain's, then the one with more tokens (the last of a
stream states the final usage), then one that states its speed; ties fall to a fixed order, so that no order of
files or runs changes the outcome. A side chain's copy of a message of the main thread is a replay, and dropped.
The rules were read in ccusage (rust/crates/ccusage/src, `claude` adapter); nested replies are this project's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

SYNTHETIC_MODEL = "<synthetic>"
REASONS_KEPT = 20


@dataclass(frozen=True, slots=True)
class Message:
    """One reply: who answered, when, where, and how many tokens of each kind. No text of it."""

    message_id: str
    request_id: str | None
    moment: datetime
    session_id: str | None
    project: str | None
    model: str
    service_tier: str | None
    speed: str | None
    inference_geo: str | None
    input_uncached: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    output: int
    web_searches: int | None
    is_sidechain: bool
    source_file: str

    @property
    def key(self) -> tuple[str, str | None]:
        """What makes two copies the same reply."""
        return self.message_id, self.request_id

    @property
    def rank(self) -> tuple[Any, ...]:
        """Greater counts. The last parts only make the order total."""
        total = self.input_uncached + self.cache_read + self.cache_write_5m + self.cache_write_1h + self.output
        return (
            not self.is_sidechain,
            total,
            self.speed is not None,
            self.output,
            -self.moment.timestamp(),
            self.source_file,
            str(self),
        )


@dataclass
class Reading:
    """What reading one file or many gave: replies, and how many lines could not be used, with the first reasons."""

    messages: dict[tuple[str, str | None], Message] = field(default_factory=dict)
    copies: int = 0
    lines: int = 0
    broken: int = 0
    reasons: list[str] = field(default_factory=list)

    def reject(self, where: str, reason: str) -> None:
        """Count a line that cannot be used."""
        self.broken += 1
        if len(self.reasons) < REASONS_KEPT:
            self.reasons.append(f"{where}: {reason}")


def read_file(path: Path, name: str, reading: Reading) -> None:
    """Add the replies of one log file to `reading`.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            reading.lines += 1
            stripped = line.strip()
            if not stripped:
                continue
            if not stripped.endswith(b"}"):
                reading.reject(f"{name}:{number}", "the line breaks off")
            elif b'"usage"' in stripped:
                _read_line(stripped, name, number, reading)


def merge(messages: Iterable[Message]) -> dict[tuple[str, str | None], Message]:
    """The copy of each reply that counts. Merging merged results gives the same as merging everything at once."""
    best: dict[tuple[str, str | None], Message] = {}
    for message in messages:
        known = best.get(message.key)
        if known is None or (known is not message and known.rank < message.rank):
            best[message.key] = message
    main_thread = {message.message_id for message in best.values() if not message.is_sidechain}
    return {
        key: message
        for key, message in best.items()
        if not (message.is_sidechain and message.message_id in main_thread)
    }


def _read_line(line: bytes, name: str, number: int, reading: Reading) -> None:
    try:
        record = orjson.loads(line)
        reply = _reply(record)
        message = None if reply is None else _message(reply, record, name)
    except (ValueError, TypeError, AttributeError) as error:
        kind = "is not JSON" if isinstance(error, orjson.JSONDecodeError) else f"has an unexpected shape ({error})"
        reading.reject(f"{name}:{number}", f"the line {kind}")
        return
    if message is None:
        return
    reading.copies += 1
    known = reading.messages.get(message.key)
    if known is None or known.rank < message.rank:
        reading.messages[message.key] = message


def _reply(record: Any) -> dict[str, Any] | None:
    """The part of a log record that is an assistant's reply: the record, or what a progress record wraps."""
    if not isinstance(record, dict):
        return None
    if record.get("type") == "assistant":
        return record
    if record.get("type") == "progress":
        data = record.get("data")
        nested = data.get("message") if isinstance(data, dict) else None
        if isinstance(nested, dict) and nested.get("type") == "assistant":
            return nested
    return None


def _message(reply: dict[str, Any], record: dict[str, Any], name: str) -> Message | None:
    body = reply.get("message")
    if not isinstance(body, dict) or body.get("model") in {None, "", SYNTHETIC_MODEL}:
        return None
    usage = body.get("usage")
    if not isinstance(usage, dict):
        return None
    moment = datetime.fromisoformat(reply.get("timestamp") or record["timestamp"]).astimezone(UTC)
    written = usage.get("cache_creation")
    if isinstance(written, dict):
        write_5m = _count(written, "ephemeral_5m_input_tokens")
        write_1h = _count(written, "ephemeral_1h_input_tokens")
    else:
        write_5m, write_1h = _count(usage, "cache_creation_input_tokens"), 0
    searches = usage.get("server_tool_use")
    session = _text(record.get("sessionId"))
    return Message(
        # Without an id there is nothing to tell copies by; the line's own keeps a second reading from counting.
        message_id=_text(body.get("id")) or f"line:{reply.get('uuid') or f'{session}:{moment.isoformat()}'}",
        request_id=_text(reply.get("requestId")),
        moment=moment,
        session_id=session,
        project=_project(record, name),
        model=str(body["model"]),
        service_tier=_text(usage.get("service_tier")),
        speed=_text(usage.get("speed")),
        inference_geo=_stated(usage.get("inference_geo")),
        input_uncached=_count(usage, "input_tokens"),
        cache_read=_count(usage, "cache_read_input_tokens"),
        cache_write_5m=write_5m,
        cache_write_1h=write_1h,
        output=_count(usage, "output_tokens"),
        web_searches=_count(searches, "web_search_requests") or None if isinstance(searches, dict) else None,
        is_sidechain=bool(record.get("isSidechain")) and reply is record,
        source_file=name,
    )


def _count(values: dict[str, Any], name: str) -> int:
    value = values.get(name) or 0
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} is not a count")
    return value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _stated(value: Any) -> str | None:
    """A region, unless the log says that there is none to state."""
    return None if value == "not_available" else _text(value)


def _project(record: dict[str, Any], name: str) -> str | None:
    """The last part of the folder that was worked in: enough to know it by, less than a path tells."""
    folder = _text(record.get("cwd"))
    if folder:
        return folder.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or None
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else None  # noqa: PLR2004 - projects/<folder>/<session>.jsonl
