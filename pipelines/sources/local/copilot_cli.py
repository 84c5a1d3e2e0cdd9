"""GitHub Copilot CLI: one reply per chat span of the OpenTelemetry traces it exports to a file.

The file exists only where COPILOT_OTEL_ENABLED was true, and the exporter's type `file`, before the use. Only chat
spans count: the spans of a whole agent's run, and events in the log, state the same tokens once more. A span is known
by its trace and its own id. By OpenTelemetry's conventions for generative AI the input includes what was read from
and written to the cache, and the output what was reasoned. Copilot is paid by seat: the models are valued at their
makers' prices.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.agent import LocalAgent, Machine
from pipelines.sources.local.log_files import Place
from pipelines.sources.local.log_records import records, take
from pipelines.sources.local.log_values import UnusableRecordError, count, mapping, moment_since_1970, text
from pipelines.sources.local.replies import Reading, Reply

USAGE = "gen_ai.usage."


def roots(machine: Machine) -> list[Path]:
    """Copilot's folder of traces, and that of the file which COPILOT_OTEL_FILE_EXPORTER_PATH names."""
    exported = [path.parent for path in machine.named("COPILOT_OTEL_FILE_EXPORTER_PATH")]
    return [*exported, machine.user_home / ".copilot" / "otel"]


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The chat spans of one file.

    Raises:
        OSError: the file cannot be read.
    """
    reading = Reading()
    for where, record in records(path, name, reading, marks=(b'"gen_ai.usage.',)):
        take(reading, where, partial(_reply, record, name, latest))
    return reading


def _reply(record: dict[str, Any], name: str, latest: datetime) -> Reply | None:
    attributes = mapping(record, "attributes")
    if not _is_chat_span(record, attributes):
        return None
    whole, output = count(attributes, f"{USAGE}input_tokens"), count(attributes, f"{USAGE}output_tokens")
    if not (whole or output):
        return None
    read = count(attributes, f"{USAGE}cache_read.input_tokens")
    written = _first(attributes, "cache_creation.input_tokens", "cache_write.input_tokens")
    trace, span = text(record.get("traceId")), text(record.get("spanId"))
    if trace is None or span is None:
        raise UnusableRecordError("the span has no id")
    model = text(attributes.get("gen_ai.response.model")) or text(attributes.get("gen_ai.request.model"))
    return Reply(
        message_id=f"{trace}:{span}",
        request_id=None,
        moment=_ended_at(record, latest),
        session_id=text(attributes.get("gen_ai.conversation.id")) or trace,
        project=None,
        provider=provider_of("github-copilot", model, "github-copilot"),
        model=model,
        source_file=name,
        input_uncached=max(whole - read - written, 0),
        cache_read=read,
        cache_write_other=written,
        output=output,
        reasoning=_first(attributes, "reasoning.output_tokens", "reasoning_tokens"),
    )


def _is_chat_span(record: dict[str, Any], attributes: dict[str, Any]) -> bool:
    operation = attributes.get("gen_ai.operation.name")
    named = (text(record.get("name")) or "").startswith("chat ")
    return record.get("type", "span") == "span" and (operation == "chat" or (operation is None and named))


def _first(attributes: dict[str, Any], *names: str) -> int:
    """The first of these counts that is not 0; versions of the conventions name it differently."""
    return next((value for value in (count(attributes, USAGE + name) for name in names) if value), 0)


def _ended_at(record: dict[str, Any], latest: datetime) -> datetime:
    """When the span ended, else began: [seconds, nanoseconds] since 1970."""
    for name in ("endTime", "startTime"):
        match record.get(name):
            case [int(seconds), int(nanoseconds)]:
                return moment_since_1970(seconds * 1000 + nanoseconds // 1_000_000, latest)
    raise UnusableRecordError("the reply has no usable timestamp")


AGENT = LocalAgent(
    name="copilot_cli",
    title="GitHub Copilot CLI",
    variables=("COPILOT_OTEL_FILE_EXPORTER_PATH",),
    roots=roots,
    places=(Place("", ("*.jsonl",), deep=False),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="session events and traces of Copilot CLI 1.0",
)
