"""Reading Claude Code's session logs line by line, and deciding which copy of a reply counts.

One reply is written several times: once for each streamed block, again in every session that was resumed or
forked from it, and, for a sub-agent, inside `progress` records. A reply is known by its message id and request
id. Of its copies the main thread's wins over a side chain's, then the one with more tokens (the last of a
stream states the final usage), then one that states its speed; ties fall to a fixed order, so that no order of
files or runs changes the outcome. A side chain's copy of a message of the main thread is a replay, and dropped.
The rules were read in ccusage (rust/crates/ccusage/src, `claude` adapter); nested replies are this project's.

Nothing of a log line is kept but the fields of `Message`, and no reason for rejecting a line quotes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

SYNTHETIC_MODEL = "<synthetic>"
REASONS_KEPT = 5
"""Of one file; the number of rejected lines is kept whole."""
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. Pasted images make lines of some 10 MiB; a file of another kind must not fill the memory."""
LARGEST_COUNT = 10**12
"""Tokens of one reply. More is a damaged number, which would drown every true one."""


@dataclass(frozen=True, slots=True)
class Message:
    """One reply: who answered, when, where, and how many tokens of each kind. No text of it."""

    message_id: str
    request_id: str | None
    moment: datetime
    session_id: str | None
    project: str | None
    model: str | None
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
    def key(self) -> MessageKey:
        """What makes two copies the same reply."""
        return self.message_id, self.request_id

    @property
    def tokens(self) -> int:
        """All tokens of the reply."""
        return self.input_uncached + self.cache_read + self.cache_write_5m + self.cache_write_1h + self.output

    @property
    def rank(self) -> tuple[bool, int, bool, int, float, str]:
        """Greater counts; of equals the earliest counts, and the file's name only makes the choice a fixed one."""
        stated = self.speed is not None
        return not self.is_sidechain, self.tokens, stated, self.output, -self.moment.timestamp(), self.source_file

    def outranks(self, other: Message) -> bool:
        """Whether this copy counts rather than `other`; copies that differ in anything are never equal."""
        mine, theirs = self.rank, other.rank
        return mine > theirs if mine != theirs else repr(self) > repr(other)


MessageKey = tuple[str, str | None]


@dataclass
class Reading:
    """What one file gave: the copy of each reply that counts, and how many lines could not be used."""

    messages: dict[MessageKey, Message] = field(default_factory=dict)
    copies: int = 0
    lines: int = 0
    broken: int = 0
    reasons: list[str] = field(default_factory=list)

    def reject(self, where: str, reason: str) -> None:
        """Count a line that cannot be used."""
        self.broken += 1
        if len(self.reasons) < REASONS_KEPT:
            self.reasons.append(f"{where}: {reason}")


class _UnusableLineError(Exception):
    """Why a line cannot be used, in words of ours."""


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The replies of one log file, called `name` in rows and reasons; a reply after `latest` is rejected.

    Raises:
        OSError: the file cannot be read.
    """
    reading = Reading()
    with path.open("rb") as handle:
        for line in _lines(handle):
            reading.lines += 1
            # Most lines are prompts and tool output: only one that can state usage, or breaks off, is parsed.
            if b'"usage"' not in line and line.endswith(b"}"):
                continue
            try:
                message = _message(line, name, latest)
            except _UnusableLineError as error:
                reading.reject(f"{name}:{reading.lines}", str(error))
                continue
            if message is not None:
                reading.copies += 1
                keep_better(reading.messages, message)
    return reading


def keep_better(messages: dict[MessageKey, Message], message: Message) -> None:
    """Put `message` among `messages`, unless a copy that outranks it is there."""
    known = messages.get(message.key)
    if known is None or message.outranks(known):
        messages[message.key] = message


def merge(messages: Iterable[Message]) -> dict[MessageKey, Message]:
    """The copy of each reply that counts. Merging merged results gives the same as merging everything at once."""
    best: dict[MessageKey, Message] = {}
    for message in messages:
        keep_better(best, message)
    main_thread = {message.message_id for message in best.values() if not message.is_sidechain}
    return {
        key: message
        for key, message in best.items()
        if not (message.is_sidechain and message.message_id in main_thread)
    }


def _lines(handle: BinaryIO) -> Iterator[bytes]:
    """Each line without the white space around it; of one longer than `LONGEST_LINE`, what comes first."""
    while line := handle.readline(LONGEST_LINE):
        rest = line
        while len(rest) == LONGEST_LINE and not rest.endswith(b"\n"):
            rest = handle.readline(LONGEST_LINE)
        yield line.strip()


def _message(line: bytes, name: str, latest: datetime) -> Message | None:
    """The reply that a line states, or None when it is something else."""
    record = _record(line)
    reply, is_nested = _reply(record)
    body = reply.get("message")
    usage = body.get("usage") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(usage, dict) or not usage:
        return None
    model = _text(body.get("model"))
    if model == SYNTHETIC_MODEL:
        return None
    moment = _moment(reply.get("timestamp") or record.get("timestamp"), latest)
    session = _text(record.get("sessionId"))
    write_5m, write_1h = _cache_writes(usage)
    searches = usage.get("server_tool_use")
    tokens = [_count(usage, kind) for kind in ("input_tokens", "cache_read_input_tokens", "output_tokens")]
    return Message(
        message_id=_text(body.get("id")) or _line_id(reply, session, moment, tokens),
        request_id=_text(reply.get("requestId")),
        moment=moment,
        session_id=session,
        project=_project(record, name),
        model=model,
        service_tier=_text(usage.get("service_tier")),
        speed=_text(usage.get("speed")),
        inference_geo=_stated(usage.get("inference_geo")),
        input_uncached=tokens[0],
        cache_read=tokens[1],
        cache_write_5m=write_5m,
        cache_write_1h=write_1h,
        output=tokens[2],
        web_searches=_count(searches, "web_search_requests") if isinstance(searches, dict) else None,
        is_sidechain=is_nested or record.get("isSidechain") is True,
        source_file=name,
    )


def _record(line: bytes) -> dict[str, Any]:
    """The line's JSON object, empty when it is JSON of another shape or an empty line.

    A half emoji that was escaped, or a stray byte, is only text, and must not cost a reply its tokens: what the
    strict parser refuses, the lenient one may still read.
    """
    if not line:
        return {}
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        try:
            record = json.loads(line.decode("utf-8", "replace"))
        except (ValueError, RecursionError) as error:
            raise _UnusableLineError("the line is not JSON; it may have been cut off") from error
    return record if isinstance(record, dict) else {}


def _reply(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The part of a record that is an assistant's reply, and whether a sub-agent's progress record wraps it."""
    if record.get("type") == "assistant":
        return record, False
    if record.get("type") == "progress":
        data = record.get("data")
        nested = data.get("message") if isinstance(data, dict) else None
        if isinstance(nested, dict) and nested.get("type") == "assistant":
            return nested, True
    return {}, False


def _moment(value: Any, latest: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        in_utc = moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise _UnusableLineError("the reply has no usable timestamp") from error
    if moment.tzinfo is None:
        raise _UnusableLineError("the reply's timestamp has no time zone")
    if in_utc > latest:
        raise _UnusableLineError("the reply's timestamp lies in the future")
    return in_utc


def _cache_writes(usage: dict[str, Any]) -> tuple[int, int]:
    """Tokens written to the 5-minute and the 1-hour cache; logs that do not tell them apart knew only the former."""
    split = usage.get("cache_creation")
    if isinstance(split, dict) and split:
        return _count(split, "ephemeral_5m_input_tokens"), _count(split, "ephemeral_1h_input_tokens")
    return _count(usage, "cache_creation_input_tokens"), 0


def _line_id(reply: dict[str, Any], session: str | None, moment: datetime, tokens: list[int]) -> str:
    """An id for a reply that states none: its copies cannot be told, but reading a line again must not count it."""
    own = _text(reply.get("uuid"))
    return f"line:{own or f'{session}:{moment.isoformat()}:{tokens}'}"


def _count(values: dict[str, Any], name: str) -> int:
    value = values.get(name)
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= LARGEST_COUNT:
        raise _UnusableLineError(f"{name} is not a plausible count")
    return value


def _text(value: Any) -> str | None:
    """A string that says something, with what cannot be stored of it (half a surrogate pair) as a question mark."""
    if not isinstance(value, str) or not value:
        return None
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _stated(value: Any) -> str | None:
    """A region, unless the log says that there is none to state."""
    return None if value == "not_available" else _text(value)


def _project(record: dict[str, Any], name: str) -> str | None:
    """The last part of the folder that was worked in: enough to know it by, less than a path tells."""
    folder = (_text(record.get("cwd")) or "").replace("\\", "/").rstrip("/")
    if folder:
        return folder.rsplit("/", 1)[-1]
    parts = name.split("/")
    return parts[1] if len(parts) > 2 else None  # noqa: PLR2004 - projects/<folder>/<session>.jsonl
