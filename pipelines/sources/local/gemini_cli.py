"""Gemini CLI: one reply per message id, of the chats it stores as one JSON document or, later, as JSON lines.

A message is written again as its tool calls come in, and whole chats are rewritten, so of one id the copy with more
tokens counts. `input` includes what was read from the cache, unless the message's total says otherwise; thoughts
and tool prompts are alongside output and input. The rules were read in ccusage (rust/crates/ccusage/src,
`gemini` adapter).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import document, records, take
from pipelines.sources.local.framework.log_values import (
    count,
    digest_id,
    mapping,
    moment,
    none_renamed,
    reported_count,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply

KINDS = ("input", "cached", "tool", "output", "thoughts")


def roots(machine: Machine) -> list[Path]:
    """Gemini's folder of projects, below the folder that GEMINI_CLI_HOME names in place of the user's.

    GEMINI_DATA_DIR, of ccusage's making, names the folder of projects itself.
    """
    homes = machine.named("GEMINI_CLI_HOME") or [machine.user_home]
    return machine.named("GEMINI_DATA_DIR") or [home / ".gemini" / "tmp" for home in homes]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The replies of one chat.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    session: str | None = None
    for where, record in _records(path, name, reading):
        session = text(record.get("sessionId")) or session
        take(reading, where, partial(_reply, record, session, name, latest))
    return reading


def _records(path: Path, name: str, reading: ParsedLog) -> Iterator[tuple[str, dict[str, Any]]]:
    if path.suffix == ".jsonl":
        yield from records(path, name, reading, marks=(b'"tokens"', b'"sessionId"'))
        return
    chat = document(path, name, reading)
    if isinstance(chat, dict):
        yield f"{name}:1", chat
        messages = chat.get("messages")
        for message in messages if isinstance(messages, list) else []:
            if isinstance(message, dict):
                yield f"{name}:1", message


def _reply(message: dict[str, Any], session: str | None, name: str, latest: datetime) -> Reply | None:
    tokens = mapping(message, "tokens")
    counts = {kind: count(tokens, kind) for kind in KINDS}
    if message.get("type") != "gemini":
        return None
    none_renamed(tokens, ("input", "output"), KINDS, ("total",))
    if not any(counts.values()):
        return None
    uncached_total = reported_count(tokens, "total") == sum(counts.values())
    cached_in_input = 0 if uncached_total else min(counts["cached"], counts["input"])
    reported_at = moment(message.get("timestamp"), latest)
    model = text(message.get("model"))
    project, _, below = name.partition("/")
    return Reply(
        message_id=text(message.get("id")) or digest_id([reported_at.isoformat(), model, *counts.values()]),
        request_id=None,
        moment=reported_at,
        session_id=session,
        project=project if below else None,
        provider=provider_of(None, model, "google"),
        model=model,
        source_file=name,
        input_uncached_tokens=counts["input"] - cached_in_input + counts["tool"],
        cache_read_tokens=counts["cached"],
        output_tokens=counts["output"] + counts["thoughts"],
        reasoning_tokens=counts["thoughts"],
    )


AGENT = LocalAgent(
    name="gemini_cli",
    title="Gemini CLI",
    variables={
        "GEMINI_CLI_HOME": "The folder that Gemini CLI has its .gemini in.",
        "GEMINI_DATA_DIR": "The projects of Gemini CLI.",
    },
    roots=roots,
    places=(LogLocation("", ("*.json", "*.jsonl"), no_use=("bin/*",)),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="chats as JSON and as JSON lines, Gemini CLI 0.2x",
    where="`~/.gemini/tmp`",
    special="Both forms of a chat; cached input and thoughts are counted apart",
)
