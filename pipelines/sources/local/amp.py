"""Amp: one reply per message of a thread, from the thread's ledger or, where it has none, from its messages.

Both forms describe the same requests: a ledger's event names the message it led to, by which its cache counts are found
and by which it is known, so that a thread that changes its form is not counted twice. A second event of one message
is known by its id. Amp charges in separate credits, which are not read. The rules were read in ccusage
(rust/crates/ccusage/src, `amp` adapter).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework import replies
from pipelines.sources.local.framework.agent import PLATFORM_VARIABLES, LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import document, take
from pipelines.sources.local.framework.log_values import count, mapping, moment, none_renamed, text
from pipelines.sources.local.framework.replies import ParsedLog, Reply, ReplyKey

LEDGER = ("input", "output", "timestamp")
CACHE = ("cacheReadInputTokens", "cacheCreationInputTokens")


def roots(machine: Machine) -> list[Path]:
    """Amp's data folders, or those that AMP_DATA_DIR, of ccusage's making, names.

    Versions since early 2026 keep threads on Amp's servers and write none here.
    """
    return machine.named("AMP_DATA_DIR") or machine.data_folders("amp")


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The replies of one thread.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    thread = document(path, name, reading)
    if not isinstance(thread, dict):
        return reading
    thread_id = text(thread.get("id")) or path.stem
    answers = dict(_answers(thread))
    events = mapping(thread, "usageLedger").get("events")
    reported = _events(events, answers) if isinstance(events, list) else answers.items()
    for reply_id, usage in reported:
        take(reading, f"{name}:1", partial(_reply, f"{thread_id}:{reply_id}", thread_id, usage, name, latest))
    return reading


def merge(copies: Iterable[Reply]) -> dict[ReplyKey, Reply]:
    """The copy of each reply that counts: a thread that was forked from another holds copies of its replies.

    They keep their moment, model and counts; of equal ones in several threads, those of the first thread count.
    """
    best = replies.merge(copies)
    first: dict[tuple[Any, ...], str] = {}
    for reply in best.values():
        first[_content(reply)] = min(first.get(_content(reply), reply.session_id or ""), reply.session_id or "")
    return {key: reply for key, reply in best.items() if reply.session_id == first[_content(reply)]}


def _content(reply: Reply) -> tuple[Any, ...]:
    return (
        reply.moment,
        reply.model,
        reply.input_uncached_tokens,
        reply.cache_read_tokens,
        reply.cache_write_other_tokens,
        reply.output_tokens,
    )


def _answers(thread: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id within the thread, usage with the message's moment and model) of each answer."""
    messages = thread.get("messages")
    for position, message in enumerate(messages if isinstance(messages, list) else []):
        usage = mapping(message, "usage") if isinstance(message, dict) else {}
        if usage and message.get("role") == "assistant":
            named = _id(message.get("messageId"))
            context = {name: message.get(name) for name in ("timestamp", "model")}
            yield named or f"at-{position}", {**context, **usage}


def _events(events: list[Any], answers: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(id within the thread, usage) of each event; what it says itself is before what its message says."""
    known: set[str] = set()
    for position, event in enumerate(events):
        if isinstance(event, dict):
            answer_id = _id(event.get("toMessageId"))
            tokens = mapping(event, "tokens")
            renamed = {**tokens, "inputTokens": tokens.get("input"), "outputTokens": tokens.get("output")}
            renamed |= {name: event.get(name) for name in ("timestamp", "model")}
            if answer_id is None or answer_id in known:
                yield f"event-{_id(event.get('id')) or position}", renamed
            else:
                known.add(answer_id)
                yield answer_id, {**answers.get(answer_id, {}), **renamed}


def _reply(reply_id: str, thread_id: str, usage: dict[str, Any], name: str, latest: datetime) -> Reply | None:
    reported = {kind: value for kind, value in usage.items() if value is not None}
    none_renamed(reported, ("inputTokens", "outputTokens"), CACHE, LEDGER)
    inputs, output = count(usage, "inputTokens"), count(usage, "outputTokens")
    cache_read, cache_write = count(usage, "cacheReadInputTokens"), count(usage, "cacheCreationInputTokens")
    if not any((inputs, output, cache_read, cache_write)):
        return None
    model = text(usage.get("model"))
    return Reply(
        message_id=reply_id,
        request_id=None,
        moment=moment(usage.get("timestamp"), latest),
        session_id=thread_id,
        project=None,
        provider=provider_of(None, model, "amp"),
        model=model,
        source_file=name,
        input_uncached_tokens=inputs,
        cache_read_tokens=cache_read,
        cache_write_other_tokens=cache_write,
        output_tokens=output,
    )


def _id(value: Any) -> str | None:
    return str(value) if type(value) is int else text(value)


AGENT = LocalAgent(
    name="amp",
    title="Amp",
    variables={
        "AMP_DATA_DIR": "Where Amp keeps its data (a name from ccusage).",
        **PLATFORM_VARIABLES,
    },
    roots=roots,
    places=(LogLocation("threads", ("T-*.json",)),),
    read=read_file,
    merge=merge,
    prompts="history.jsonl",
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="threads with a ledger or with messages, Amp of early 2026",
    where="`~/.local/share/amp`",
    special=("Ledger or messages; its credits are not read. Since early 2026 threads are stored only on Amp's servers"),
)
