"""Kimi CLI and Kimi Code, which took its place: one reply per record of usage in the wire log of a session's agent.

Kimi CLI reports usage in status updates, known by their message id; its log does not name the model, so none is
reported,
and use stays unpriced until a price is. The shape was read in ccusage (rust/crates/ccusage/src, `kimi` adapter).

Kimi Code reports it in `usage.record`, once for each step of a turn (scope `turn`) and once for each request outside of
one, such as compacting (scope `session`). Older versions wrote what a turn took once more under the scope of the
session; such a repeat has the counts of the record before it, or those of all records so far. The record names the
model by the alias of the person's configuration, and the request before it the model itself. Forked sessions hold
copies that keep their moment. The records were read in Kimi Code's source (agent-core, `usage` and `records`).
Uncached input, cache reads, cache writes and output are reported apart in both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
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
    mapping,
    moment_since_1970,
    none_renamed,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply

UPDATE_KINDS = ("input_other", "input_cache_read", "input_cache_creation", "output")
RECORD_KINDS = ("inputOther", "inputCacheRead", "inputCacheCreation", "output")
KIMI_PLAN = "kimi-code/"
"""What is before the model in the alias of Kimi's plan."""
_WORKED_IN = re.compile(r"wd_(?P<folder>.+)_[0-9a-f]{12}")
"""How Kimi Code calls the folder of a working folder's sessions: by its last name and a digest of its path."""
Counts = tuple[int, ...]
"""Uncached input, cache reads, cache writes, output."""
MARKS = (b'"token_usage"', b'"usage.record"', b'"llm.request"')


def roots(machine: Machine) -> list[Path]:
    """The folders of both programs, or those that their variables name; KIMI_DATA_DIR is ccusage's name for either."""
    named = machine.named("KIMI_DATA_DIR")
    cli = machine.named("KIMI_SHARE_DIR") or [machine.user_home / ".kimi"]
    code = machine.named("KIMI_CODE_HOME") or [machine.user_home / ".kimi-code"]
    return named or [*cli, *code]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The replies of one agent of a session.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    wire = _Wire(name, latest)
    for where, record in records(path, name, reading, marks=MARKS):
        take(reading, where, partial(wire.reply, record))
    return reading


@dataclass
class _Wire:
    """What the lines so far say of those to come."""

    name: str
    latest: datetime
    models: dict[str, str] = field(default_factory=dict)
    """alias -> model of the requests so far"""
    recorded: list[tuple[str | None, Counts]] = field(default_factory=list)
    """(alias, counts) of the uses so far"""
    repeated: int = 0
    """how many of them a repeat has summed up"""

    def reply(self, record: dict[str, Any]) -> Reply | None:
        """The use that a record states, or None: it is something else."""
        match record.get("type"):
            case "llm.request":
                model, alias = text(record.get("model")), text(record.get("modelAlias"))
                if model and alias:
                    self.models[alias] = model
                return None
            case "usage.record":
                return self._recorded(record)
        return self._updated(record)

    def _recorded(self, record: dict[str, Any]) -> Reply | None:
        usage, alias = mapping(record, "usage"), text(record.get("model"))
        none_renamed(usage, (RECORD_KINDS[0], RECORD_KINDS[-1]), RECORD_KINDS)
        counts = tuple(count(usage, kind) for kind in RECORD_KINDS)
        if not any(counts) or (record.get("usageScope") == "session" and self._is_repeat(alias, counts)):
            return None
        self.recorded.append((alias, counts))
        model = self.models.get(alias or "") or (alias and alias.removeprefix(KIMI_PLAN))
        reported_at = moment_since_1970(record.get("time"), self.latest)
        return self._reply(digest_id([reported_at.isoformat(), alias, *counts]), reported_at, counts, model)

    def _is_repeat(self, alias: str | None, counts: Counts) -> bool:
        """Whether these are the counts of the last use, or of all uses of the turn or of the session together."""
        of_model = [(place, used) for place, (name, used) in enumerate(self.recorded) if name == alias]
        in_turn = [used for place, used in of_model if place >= self.repeated]
        together = [[used for _, used in of_model], in_turn, in_turn[-1:]]
        is_repeat = any(uses and counts == tuple(map(sum, zip(*uses, strict=True))) for uses in together)
        if is_repeat:
            self.repeated = len(self.recorded)
        return is_repeat

    def _updated(self, record: dict[str, Any]) -> Reply | None:
        message = mapping(record, "message")
        payload = mapping(message, "payload")
        usage = mapping(payload, "token_usage")
        none_renamed(usage, (UPDATE_KINDS[0], UPDATE_KINDS[-1]), UPDATE_KINDS)
        counts = tuple(count(usage, kind) for kind in UPDATE_KINDS)
        if message.get("type") != "StatusUpdate" or not any(counts):
            return None
        reported_at = moment_since_1970(record.get("timestamp"), self.latest)
        message_id = text(payload.get("message_id")) or digest_id([reported_at.isoformat(), *counts])
        return self._reply(message_id, reported_at, counts, None)

    def _reply(self, message_id: str, reported_at: datetime, counts: Counts, model: str | None) -> Reply:
        folders = self.name.split("/")[:-1]
        is_agent = "agents" in folders[:-1]  # sessions/<folder>/<session>/agents/<agent>/wire.jsonl
        return Reply(
            message_id=message_id,
            request_id=None,
            moment=reported_at,
            session_id=folders[-3] if is_agent and len(folders) > 2 else folders[-1],  # noqa: PLR2004
            project=next((found["folder"] for found in map(_WORKED_IN.fullmatch, folders) if found), None),
            provider=provider_of(None, model, "moonshotai"),
            model=model,
            source_file=self.name,
            input_uncached_tokens=counts[0],
            cache_read_tokens=counts[1],
            cache_write_other_tokens=counts[2],
            output_tokens=counts[3],
            is_sidechain=folders[-1] != "main" if is_agent else None,
        )


AGENT = LocalAgent(
    name="kimi",
    title="Kimi CLI",
    variables={
        "KIMI_SHARE_DIR": "Where Kimi CLI keeps its data.",
        "KIMI_CODE_HOME": "Where Kimi Code keeps its data.",
        "KIMI_DATA_DIR": "Where either of Kimi CLI and Kimi Code keeps its data.",
    },
    roots=roots,
    places=(LogLocation("sessions", ("*wire.jsonl",), no_use=("*context*.jsonl", "*state.json")),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    understood="wire logs of Kimi CLI 1.x and of Kimi Code up to protocol 1.5",
    where="`~/.kimi`, `~/.kimi-code`",
    special="Kimi CLI's log names no model: shown as unpriced; Kimi Code's does",
    revision=2,
)
