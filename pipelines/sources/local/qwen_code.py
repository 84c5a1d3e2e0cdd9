"""Qwen Code: one reply per record of the assistant that reports its usage, known by its id.

The prompt's count includes what was read from the cache. Thoughts are alongside the candidates' count, or in it: the
record's total tells; without one they are taken to be in it. The shape was read in ccusage
(rust/crates/ccusage/src, `qwen` adapter).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation, folder_worked_in
from pipelines.sources.local.framework.log_records import records, take
from pipelines.sources.local.framework.log_values import (
    count,
    digest_id,
    last_folder,
    mapping,
    moment,
    none_renamed,
    reported_count,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply

SOMETIMES = ("cachedContentTokenCount", "thoughtsTokenCount")
OTHERS = ("totalTokenCount", "toolUsePromptTokenCount")


def roots(machine: Machine) -> list[Path]:
    """Qwen's folder, or those that QWEN_HOME and, for what it writes as it runs, QWEN_RUNTIME_DIR name.

    QWEN_DATA_DIR is of ccusage's making.
    """
    reported = machine.named("QWEN_RUNTIME_DIR") + machine.named("QWEN_HOME")
    return machine.named("QWEN_DATA_DIR") or reported or [machine.user_home / ".qwen"]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The replies of one chat.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    folder = folder_worked_in(path, name, 1)
    for where, record in records(path, name, reading, marks=(b'"usageMetadata"',)):
        take(reading, where, partial(_reply, record, folder, name, latest))
    return reading


def _reply(record: dict[str, Any], folder: str | None, name: str, latest: datetime) -> Reply | None:
    usage = mapping(record, "usageMetadata")
    none_renamed(usage, ("promptTokenCount", "candidatesTokenCount"), SOMETIMES, OTHERS)
    prompt, candidates = count(usage, "promptTokenCount"), count(usage, "candidatesTokenCount")
    thoughts = count(usage, "thoughtsTokenCount")
    if record.get("type") != "assistant" or not any((prompt, candidates, thoughts)):
        return None
    cached = min(count(usage, "cachedContentTokenCount"), prompt)
    is_separate = reported_count(usage, "totalTokenCount") == prompt + candidates + thoughts
    reported_at = moment(record.get("timestamp"), latest)
    model = text(record.get("model"))
    return Reply(
        message_id=text(record.get("uuid"))
        or digest_id([reported_at.isoformat(), model, prompt, candidates, thoughts]),
        request_id=None,
        moment=reported_at,
        session_id=text(record.get("sessionId")) or name.rsplit("/", 1)[-1].removesuffix(".jsonl"),
        project=last_folder(record.get("cwd")) or folder,
        provider=provider_of(None, model, "alibaba"),
        model=model,
        source_file=name,
        input_uncached_tokens=prompt - cached,
        cache_read_tokens=cached,
        output_tokens=candidates + (thoughts if is_separate else 0),
        reasoning_tokens=thoughts,
    )


AGENT = LocalAgent(
    name="qwen_code",
    title="Qwen Code",
    variables={
        "QWEN_HOME": "Where Qwen Code keeps its data.",
        "QWEN_RUNTIME_DIR": "Where Qwen Code keeps what it writes as it runs.",
        "QWEN_DATA_DIR": "Where Qwen Code keeps its data (a name from other tools).",
    },
    roots=roots,
    places=(LogLocation("projects", ("*/chats/*.jsonl",)),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="chats of Qwen Code of 2026",
    where="`~/.qwen`",
    special="Thoughts are counted in addition to the output or as part of it, according to the record's total",
)
