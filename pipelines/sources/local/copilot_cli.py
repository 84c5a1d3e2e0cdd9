"""GitHub Copilot CLI: what each part of a session used, by model, and the chat spans of exported traces.

A session's events state at each shutdown what was used since the session was begun or resumed (`modelMetrics`), so the
shutdowns of one file are added up. A part that is still open, or ended without a shutdown (a crash, `/new`), reports no
tokens and is left out, which is reported. The events are in use since Copilot CLI 1.0; their shape is not documented,
and was read in sessions of 1.0.34 and in reports on github/copilot-cli (1394, 3994).

Traces are there only where COPILOT_OTEL_ENABLED was true, and the exporter's type `file`, before the use. Only chat
spans count: the spans of a whole agent's run, and events in the log, state the same tokens once more. What a session's
events state too counts from there. By OpenTelemetry's conventions for generative AI the input includes what was read
from and written to the cache, and the output what was reasoned; the same applies to a session's events. The names of
the counts are written with points or with underscores. Copilot is paid by seat: the models are valued at their makers'
prices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.presentation.messages import NO_TIMESTAMP
from pipelines.sources.local.framework import replies
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import records, take_all
from pipelines.sources.local.framework.log_values import (
    UnusableRecordError,
    count,
    last_folder,
    mapping,
    moment,
    moment_since_1970,
    none_renamed,
    reported_count,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply, ReplyKey

USAGE = "gen_ai.usage."
MARKS = (b'"session.start"', b'"session.resume"', b'"session.shutdown"', b'"assistant.message"', b'"gen_ai.usage.')
NO_TOTALS = "sessions with incomplete usage: open, crashed, or shut down without figures"
CACHE = ("cacheReadTokens", "cacheWriteTokens")
SPAN_CACHE = ("cache_read_input_tokens", "cache_creation_input_tokens")
SPELLINGS = {
    "prompt_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    "cache_read_tokens": SPAN_CACHE[0],
    "cached_input_tokens": SPAN_CACHE[0],
    "cached_tokens": SPAN_CACHE[0],
    "cache_creation_tokens": SPAN_CACHE[1],
    "cache_write_tokens": SPAN_CACHE[1],
    "cache_write_input_tokens": SPAN_CACHE[1],
    "reasoning_tokens": "reasoning_output_tokens",
}
"""What versions of the conventions and programs called a count of a span -> what the conventions call it now."""
SHUTDOWN = "shutdown:"
SINCE = "since:"
"""How the request id of a session's part begins; the moment at which the part began follows."""


def roots(machine: Machine) -> list[Path]:
    """Copilot's folder, or those that COPILOT_HOME names, and that of COPILOT_OTEL_FILE_EXPORTER_PATH's file."""
    exported = [path.parent for path in machine.named("COPILOT_OTEL_FILE_EXPORTER_PATH")]
    return [*exported, *(machine.named("COPILOT_HOME") or [machine.user_home / ".copilot"])]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The parts of a session, or the chat spans of a file of traces.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    log = _Log(name, latest)
    for where, record in records(path, name, reading, marks=MARKS):
        take_all(reading, where, partial(log.replies, record))
    if log.has_open_part:
        reading.left_out[NO_TOTALS] += 1
    log.name_sessions(reading)
    return reading


def merge(copies: Iterable[Reply]) -> dict[ReplyKey, Reply]:
    """The copy of each reply that counts, without spans of which a session's events state the tokens."""
    best = replies.merge(copies)
    parts: dict[str | None, list[tuple[datetime, datetime]]] = defaultdict(list)
    for reply in best.values():
        if reply.message_id.startswith(SHUTDOWN) and reply.request_id:
            began = datetime.fromisoformat(reply.request_id.removeprefix(SINCE))
            parts[reply.session_id].append((began, reply.moment))
            parts[None].append((began, reply.moment))

    def is_in_a_part(reply: Reply) -> bool:
        """A span that names no session is known by its moment alone: every session on this machine has its events."""
        session = None if reply.message_id.startswith(f"{reply.session_id}:") else reply.session_id
        return any(began <= reply.moment <= ended for began, ended in parts[session])

    return {
        key: reply for key, reply in best.items() if reply.message_id.startswith(SHUTDOWN) or not is_in_a_part(reply)
    }


@dataclass
class _Log:
    """What the lines so far say of those to come."""

    name: str
    latest: datetime
    session_id: str | None = None
    project: str | None = None
    began: datetime | None = None
    has_open_part: bool = False
    sessions: dict[str, str] = field(default_factory=dict)
    """trace -> the session that one of its spans names"""

    def replies(self, record: dict[str, Any]) -> Iterable[Reply]:
        """The uses that a record states."""
        data = mapping(record, "data")
        match record.get("type"):
            case "session.start" | "session.resume":
                self._begin(data, record)
            case "assistant.message":
                self.has_open_part |= bool(count(data, "outputTokens"))
            case "session.shutdown":
                reported = [*self._part(data, record)]
                self.has_open_part &= not reported
                return reported
            case _:
                return self._span(record)
        return ()

    def name_sessions(self, reading: ParsedLog) -> None:
        """Give each span that names no session the one that another span of its trace names."""
        for key, reply in reading.replies.items():
            session = self.sessions.get(reply.session_id or "")
            if session:
                reading.replies[key] = replace(reply, session_id=session)

    def _begin(self, data: dict[str, Any], record: dict[str, Any]) -> None:
        self.session_id = text(data.get("sessionId")) or self.session_id
        self.project = last_folder(mapping(data, "context").get("cwd")) or self.project
        self.began = moment(record.get("timestamp"), self.latest)

    def _part(self, data: dict[str, Any], record: dict[str, Any]) -> Iterator[Reply]:
        """What was used since the session was begun or resumed, by model."""
        ended = moment(record.get("timestamp"), self.latest)
        session = self.session_id or self.name.rpartition("/")[0]
        event = f"{session}:{text(record.get('id')) or ended.isoformat()}"
        for model, usage, requests in _metrics(data):
            none_renamed(usage, ("inputTokens", "outputTokens"), CACHE, ("reasoningTokens",))
            whole, output = count(usage, "inputTokens"), count(usage, "outputTokens")
            read, written = count(usage, "cacheReadTokens"), count(usage, "cacheWriteTokens")
            if whole or output or read or written:
                yield Reply(
                    message_id=f"{SHUTDOWN}{event}:{model}",
                    request_id=f"{SINCE}{(self.began or ended).isoformat()}",
                    moment=ended,
                    session_id=session,
                    project=self.project,
                    provider=provider_of("github-copilot", model, "github-copilot"),
                    model=model,
                    source_file=self.name,
                    input_uncached_tokens=max(whole - read - written, 0),
                    cache_read_tokens=read,
                    cache_write_other_tokens=written,
                    output_tokens=output,
                    reasoning_tokens=count(usage, "reasoningTokens"),
                    requests=requests,
                )

    def _span(self, record: dict[str, Any]) -> Iterator[Reply]:
        attributes = mapping(record, "attributes")
        trace, session = text(record.get("traceId")), text(attributes.get("gen_ai.conversation.id"))
        if trace and session:
            self.sessions[trace] = session
        usage = _usage(attributes)
        if not _is_chat_span(record, attributes) or not any(usage.values()):
            return
        none_renamed(usage, ("input_tokens", "output_tokens"), SPAN_CACHE, ("reasoning_output_tokens",))
        span = text(record.get("spanId"))
        if trace is None or span is None:
            raise UnusableRecordError("the span has no id")
        whole, output = count(usage, "input_tokens"), count(usage, "output_tokens")
        read, written = (count(usage, name) for name in SPAN_CACHE)
        model = text(attributes.get("gen_ai.response.model")) or text(attributes.get("gen_ai.request.model"))
        yield Reply(
            message_id=f"{trace}:{span}",
            request_id=None,
            moment=_ended_at(record, self.latest),
            session_id=session or trace,
            project=None,
            provider=provider_of("github-copilot", model, "github-copilot"),
            model=model,
            source_file=self.name,
            input_uncached_tokens=max(whole - read - written, 0),
            cache_read_tokens=read,
            cache_write_other_tokens=written,
            output_tokens=output,
            reasoning_tokens=count(usage, "reasoning_output_tokens"),
        )


def _metrics(data: dict[str, Any]) -> Iterator[tuple[str | None, dict[str, Any], int | None]]:
    """(model, usage, requests) of each model of a shutdown; without them its totals, which are of one model or more."""
    reported = mapping(data, "modelMetrics")
    for model in reported:
        metrics = mapping(reported, model)
        yield text(model), mapping(metrics, "usage"), reported_count(mapping(metrics, "requests"), "count")
    if not reported:
        kinds = {kind: count(mapping(data, "tokenDetails", kind), "tokenCount") for kind in TOTALS}
        totals = {name: kinds[kind] for kind, name in TOTALS.items()}
        totals["inputTokens"] += totals["cacheReadTokens"] + totals["cacheWriteTokens"]  # here they are separate
        yield text(data.get("currentModel")), totals, None


TOTALS = {
    "input": "inputTokens",
    "cache_read": "cacheReadTokens",
    "cache_write": "cacheWriteTokens",
    "output": "outputTokens",
}


def _is_chat_span(record: dict[str, Any], attributes: dict[str, Any]) -> bool:
    operation = attributes.get("gen_ai.operation.name")
    named = (text(record.get("name")) or "").startswith("chat ")
    return record.get("type", "span") == "span" and (operation == "chat" or (operation is None and named))


def _usage(attributes: dict[str, Any]) -> dict[str, Any]:
    """The counts of a span under one name each; of two spellings the one that counts something."""
    usage: dict[str, Any] = {}
    for attribute, value in attributes.items():
        if attribute.startswith(USAGE):
            name = attribute.removeprefix(USAGE).replace(".", "_")
            name = SPELLINGS.get(name, name)
            usage[name] = usage.get(name) or value
    return usage


def _ended_at(record: dict[str, Any], latest: datetime) -> datetime:
    """When the span ended, else began: [seconds, nanoseconds] since 1970."""
    for name in ("endTime", "startTime"):
        match record.get(name):
            case [int(seconds), int(nanoseconds)]:
                return moment_since_1970(seconds * 1000 + nanoseconds // 1_000_000, latest)
    raise UnusableRecordError(NO_TIMESTAMP)


NOT_SESSIONS = tuple(f"*/{part}/*" for part in ("files", "checkpoints", "rewind-snapshots", "research"))
"""What a session stores alongside its events: the person's files, and states to restore."""

AGENT = LocalAgent(
    name="copilot_cli",
    title="GitHub Copilot CLI",
    variables={
        "COPILOT_HOME": "Where GitHub Copilot CLI keeps its logs.",
        "COPILOT_OTEL_FILE_EXPORTER_PATH": "The file that GitHub Copilot CLI exports its traces to.",
    },
    roots=roots,
    places=(
        LogLocation("session-state", ("*/events.jsonl",), no_use=NOT_SESSIONS),
        LogLocation("otel", ("*.jsonl",), deep=False),
        LogLocation("", ("*.jsonl",), deep=False, no_use=("*",)),
    ),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    understood="session events and traces of Copilot CLI 1.0",
    where="`~/.copilot/session-state`, `~/.copilot/otel`",
    special=(
        "Totals of each part of a session by model, written when it is shut down; traces where they were "
        "exported, each use once. A session that is open or crashed has no totals, and is a finding"
    ),
    revision=2,
    merge=merge,
    compares_sessions=True,
)
