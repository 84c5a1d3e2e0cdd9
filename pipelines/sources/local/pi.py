"""pi, and oh-my-pi, which was forked from it: one reply per answer of a session.

Sessions that were branched hold copies, which keep moment, model and counts.
Input, cache reads, cache writes and output are reported apart. The cost that pi reckons from a separate price list is
not read. The shape was read in ccusage (rust/crates/ccusage/src, `pi` adapter).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import records, take
from pipelines.sources.local.framework.log_values import (
    count,
    digest_id,
    last_folder,
    mapping,
    moment_of,
    none_renamed,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply

KINDS = ("input", "cacheRead", "cacheWrite", "output")
MARKS = (b'"usage"', b'"cwd"', b'"model_change"', b'"model-snapshot"')
"""What the records that say something of an answer hold."""


@dataclass
class Session:
    """What the lines so far say of the answers to come; `agent` sells what no rule knows."""

    name: str
    latest: datetime
    agent: str
    session_id: str
    project: str | None = None
    model: str | None = None
    provider: str | None = None

    def reply(self, record: dict[str, Any]) -> Reply | None:
        """The answer that a record states, or None: it is something else."""
        kind = record.get("type")
        if kind == "session":
            self.project = last_folder(record.get("cwd"))
        if kind == "model_change" or record.get("customType") == "model-snapshot":
            source = mapping(record, "data") or record
            self.model = text(source.get("modelId")) or text(source.get("model")) or self.model
            self.provider = text(source.get("provider")) or self.provider
        message = mapping(record, "message")
        if kind != "message" or message.get("role") != "assistant":
            return None
        usage = mapping(message, "usage")
        none_renamed(usage, ("input", "output"), KINDS, ("cost", "totalTokens"))
        counts = [count(usage, kind) for kind in KINDS]
        return self._answer(record, message, counts) if any(counts) else None

    def _answer(self, record: dict[str, Any], message: dict[str, Any], counts: list[int]) -> Reply:
        reported_at = moment_of(record.get("timestamp") or message.get("timestamp"), self.latest)
        model = text(message.get("model")) or self.model
        return Reply(
            message_id=digest_id([reported_at.isoformat(), model, *counts]),
            request_id=None,
            moment=reported_at,
            session_id=self.session_id,
            project=self.project,
            provider=provider_of(text(message.get("provider")) or self.provider, model, self.agent),
            model=model,
            source_file=self.name,
            input_uncached_tokens=counts[0],
            cache_read_tokens=counts[1],
            cache_write_other_tokens=counts[2],
            output_tokens=counts[3],
        )


def roots(machine: Machine) -> list[Path]:
    """The folder of pi's sessions, and those of oh-my-pi, whose profiles have one each.

    PI_CODING_AGENT_DIR, which both know, names the folder above; PI_AGENT_DIR, of ccusage's making, the sessions' own.
    """
    reported = [folder / "sessions" for folder in machine.named("PI_CODING_AGENT_DIR")] + machine.named("PI_AGENT_DIR")
    oh_my_pi = machine.user_home / ".omp"
    profiles = sorted(oh_my_pi.glob("profiles/*/agent/sessions"))
    usual = machine.user_home / ".pi" / "agent" / "sessions"
    return [*(reported or [usual]), oh_my_pi / "agent" / "sessions", *profiles]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The answers of one session.

    Raises:
        OSError: the file cannot be read.
    """
    return read_session(path, name, latest, "pi")


def read_session(path: Path, name: str, latest: datetime, agent: str) -> ParsedLog:
    """The answers of one session of pi's shape, which agents built on it have too.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    file = name.rsplit("/", 1)[-1].partition(".jsonl")[0]
    session = Session(name, latest, agent, file.partition("_")[2] or file)
    for where, record in records(path, name, reading, marks=MARKS):
        take(reading, where, partial(session.reply, record))
    return reading


AGENT = LocalAgent(
    name="pi",
    title="pi",
    variables={
        "PI_CODING_AGENT_DIR": "The folder of pi that its sessions are in.",
        "PI_AGENT_DIR": "The sessions of pi.",
    },
    roots=roots,
    places=(LogLocation("", ("*.jsonl",)),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="session files of pi and oh-my-pi of 2026",
    where="`~/.pi/agent/sessions`, `~/.omp`",
    special="Sessions of oh-my-pi count too",
)
