"""Codex CLI: one reply per step of a session, from the counts it writes after each.

A session log states after every step what the step used (`last_token_usage`) and what the session has used so far
(`total_token_usage`); the input includes what was read from the cache, the output what was reasoned. The same figures
are written again whenever the rate limits are, so a step counts only where the session's total moved. The model and
the folder stand in the `turn_context` before. Copies in archived, forked and resumed sessions keep their moment: a
step is known by its moment, model and counts. A spawned sub-agent's log begins with its parent's steps, written
again at a stroke with new moments: its steps count from the first that a second's pause precedes. The rules were read
in ccusage (rust/crates/ccusage/src, `codex` adapter), but for the repeated figures and the pause, which real logs
showed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.sources.local.agent import LocalAgent, Machine
from pipelines.sources.local.log_files import Place
from pipelines.sources.local.log_records import records, take
from pipelines.sources.local.log_values import count, digest_id, last_folder, mapping, moment_of, text
from pipelines.sources.local.makers import seller
from pipelines.sources.local.replies import Reading, Reply

COUNTS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens")
REPLAY_PAUSE = timedelta(seconds=1)
"""A parent's history is written faster than this from step to step, and no model answers so fast."""
FIRST_MODEL = "gpt-5"
"""What Codex used before its logs named the model."""
ASSUMED = f"the log names no model; {FIRST_MODEL} is assumed"


@dataclass
class _Session:
    """What the lines so far say of the steps to come."""

    name: str
    latest: datetime
    session_id: str | None = None
    provider: str | None = None
    project: str | None = None
    model: str | None = None
    is_sidechain: bool = False
    replayed_until: datetime | None = None
    totals: dict[str, int] | None = None

    def take_meta(self, payload: dict[str, Any], written_at: Any) -> None:
        """Its own first record; a fork holds its parent's too, further down."""
        if self.session_id is not None:
            return
        self.session_id = text(payload.get("id")) or self.name
        self.provider = text(payload.get("model_provider"))
        self.project = last_folder(payload.get("cwd"))
        self.is_sidechain = "subagent" in mapping(payload, "source") or payload.get("thread_source") == "subagent"
        if self.is_sidechain:
            self.replayed_until = moment_of(written_at, self.latest)

    def take_turn(self, payload: dict[str, Any]) -> None:
        """The model and the folder of the steps from here on."""
        self.model = text(payload.get("model")) or self.model
        self.project = last_folder(payload.get("cwd")) or self.project

    def step(self, payload: dict[str, Any], written_at: Any) -> Reply | None:
        """The step that a count states, or None: no figures, the figures of the step before, or a parent's step."""
        info = mapping(payload, "info")
        used = self._used(info)
        if not any(used.values()):
            return None
        stated_at = moment_of(written_at, self.latest)
        if self.replayed_until is not None:
            if stated_at - self.replayed_until < REPLAY_PAUSE:
                self.replayed_until = max(stated_at, self.replayed_until)
                return None
            self.replayed_until = None
        model = text(payload.get("model")) or text(info.get("model")) or self.model
        cached = min(used["cached_input_tokens"], used["input_tokens"])
        return Reply(
            message_id=digest_id([stated_at.isoformat(), model, *used.values()]),
            request_id=None,
            moment=stated_at,
            session_id=self.session_id,
            project=self.project,
            provider=seller(self.provider, model or FIRST_MODEL, "openai"),
            model=model or FIRST_MODEL,
            source_file=self.name,
            input_uncached=used["input_tokens"] - cached,
            cache_read=cached,
            output=used["output_tokens"],
            reasoning=used["reasoning_output_tokens"],
            is_sidechain=self.is_sidechain,
            note=None if model else ASSUMED,
        )

    def _used(self, info: dict[str, Any]) -> dict[str, int]:
        """What the step used, as the log says, else how far the totals moved; nothing if they did not."""
        last, total = mapping(info, "last_token_usage"), mapping(info, "total_token_usage")
        stated = {name: count(last, name) for name in COUNTS}
        if not total:
            return stated
        before, now = self.totals, {name: count(total, name) for name in COUNTS}
        self.totals = now
        if now == before:
            return dict.fromkeys(COUNTS, 0)
        if last:
            return stated
        restarted = before is None or any(now[name] < before[name] for name in COUNTS)
        return now if restarted or before is None else {name: now[name] - before[name] for name in COUNTS}


def roots(machine: Machine) -> list[Path]:
    """Codex's own folder, or those that CODEX_HOME names."""
    return machine.named("CODEX_HOME") or [machine.user_home / ".codex"]


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The steps of one session log.

    Raises:
        OSError: the file cannot be read.
    """
    reading = Reading()
    session = _Session(name, latest)
    for where, record in records(path, name, reading, marks=(b'"token_count"', b'"turn_context"', b'"session_meta"')):
        take(reading, where, partial(_step, session, record))
    return reading


def _step(session: _Session, record: dict[str, Any]) -> Reply | None:
    payload, written_at = mapping(record, "payload"), record.get("timestamp")
    match record.get("type"):
        case "session_meta":
            session.take_meta(payload, written_at)
        case "turn_context":
            session.take_turn(payload)
        case "event_msg" if payload.get("type") == "token_count":
            return session.step(payload, written_at)
    return None


AGENT = LocalAgent(
    name="codex",
    title="Codex CLI",
    variables=("CODEX_HOME",),
    roots=roots,
    places=(Place("sessions", ("*.jsonl",)), Place("archived_sessions", ("*.jsonl",))),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
)
