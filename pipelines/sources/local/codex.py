"""Codex CLI: one reply per step of a session, from the counts it writes after each.

A session log states after every step what the step used (`last_token_usage`) and what the session has used so far
(`total_token_usage`); the input includes what was read from and written to the cache, the output what was reasoned. The
same figures are written again whenever the rate limits are, so a step counts only where the session's total moved. The
model and the folder are in the `turn_context` before, the service tier in `thread_settings_applied`. What compacting
the history took is in no total: it is reported by the `token_usage_record` whose response a `compacted` line names
(openai/codex issue 47003). Logs older than a week may be compressed with Zstandard.

Copies in archived, forked and resumed sessions count once: see `codex_copies`. A spawned sub-agent's log may begin with
its parent's steps, written again at a stroke: they do not count, from the first that a second's pause precedes on its
steps do; newer ones say at which `ordinal` the sub-agent's history begins. The rules were read in ccusage
(rust/crates/ccusage/src, `codex` adapter), but for the repeated figures, the pause and the copies, which real logs
showed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from pipelines.domain.vendors import provider_of
from pipelines.reading.files import content_of
from pipelines.sources.local import codex_copies
from pipelines.sources.local.codex_counts import CACHE_WRITES, COUNTS, Counts, Responses, Totals
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import records, take
from pipelines.sources.local.framework.log_values import (
    digest_id,
    last_folder,
    mapping,
    modifier,
    moment_of,
    reported_count,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply

LARGEST_SETTINGS = 1_000_000
"""Bytes of Codex's settings."""
REPLAY_PAUSE = timedelta(seconds=1)
"""A parent's history is written faster than this from step to step, and no model answers so fast."""
FIRST_MODEL = "gpt-5"
"""What Codex used before its logs named the model."""
ASSUMED = f"the log names no model; {FIRST_MODEL} is assumed"
LINEAGE = ("forked_from_id", "parent_thread_id", "parent_session_id")
"""Where a session names the one it came from."""
USAGE_RECORD = "token_usage_record"
INHERITED = "tokens in the first totals of forked sessions, not counted because the session may have inherited them"
LEFT_OUT = "responses without a token count in their session, not counted"
FOLDERS = ("sessions", "archived_sessions")
UNSTATED_TIER = (
    "steps valued at the standard price, because their log names no service tier; config.toml asks for {tier}"
)
STANDARD_TIERS = (None, "default", "standard", "auto")
MARKS = tuple(
    f'"{name}"'.encode()
    for name in (
        "token_count",
        "turn_context",
        "session_meta",
        "thread_settings_applied",
        USAGE_RECORD,
        "compaction_response_id",
    )
)


@dataclass
class _Session:
    """What the lines so far say of the steps to come. `forked_at` is when a fork's log began, None: it is not a fork.

    `copied_until` is the moment of the last line that may be copied history, while more of it may follow. `inherited`
    are the tokens of a fork's first totals where nothing else is reported: nobody can tell what in them is its own.
    """

    name: str
    latest: datetime
    session_id: str | None = None
    provider: str | None = None
    project: str | None = None
    model: str | None = None
    service_tier: str | None = None
    turn: str | None = None
    opened_at: Any = None
    forked_at: datetime | None = None
    ancestors: tuple[str, ...] = ()
    is_sidechain: bool = False
    first_ordinal: int | None = None
    copied_until: datetime | None = None
    has_copies: bool = False
    totals: Totals = field(default_factory=Totals)
    responses: Responses = field(default_factory=Responses)
    without_tier: int = 0
    inherited: int = 0

    def take_meta(self, payload: dict[str, Any], written_at: Any) -> None:
        """Its own first record; one of another session further down shows that history was copied from it."""
        session = text(payload.get("id")) or self.name
        if self.session_id is not None:
            self._descends_from(session, *_parents(payload))
            return
        self.session_id, self.opened_at = session, written_at
        self.provider = text(payload.get("model_provider"))
        self.project = last_folder(payload.get("cwd"))
        self.first_ordinal = reported_count(payload, "subagent_history_start_ordinal")
        self.is_sidechain = "subagent" in mapping(payload, "source") or payload.get("thread_source") == "subagent"
        self._descends_from(*_parents(payload))

    def _descends_from(self, *sessions: str) -> None:
        """Note sessions that this one came from; its first record may be in its log again."""
        others = [session for session in sessions if session != self.session_id]
        self.ancestors = tuple(sorted({*self.ancestors, *others}))
        if self.forked_at is None and (others or self.is_sidechain):
            self.forked_at = self.copied_until = moment_of(self.opened_at, self.latest)

    def take_turn(self, payload: dict[str, Any]) -> None:
        """The model and the folder of the steps from here on, and the turn they belong to."""
        self.model = text(payload.get("model")) or self.model
        self.project = last_folder(payload.get("cwd")) or self.project
        self.turn = _unique(payload.get("turn_id"))
        self.take_tier(payload)

    def take_tier(self, settings: dict[str, Any]) -> None:
        """The service tier of the steps from here on; `fast` is Codex's word for OpenAI's priority."""
        if "service_tier" in settings:
            tier = modifier(settings["service_tier"])
            self.service_tier = "priority" if tier == "fast" else tier

    def compaction(self, payload: dict[str, Any]) -> Reply | None:
        """What compacting the history took, if the log reports it."""
        response = text(payload.get("compaction_response_id"))
        reported = self.responses.compaction(response)
        if reported is None or not any(reported[0].values()):
            return None
        used, written_at = reported
        ids = digest_id(["response", response]), None
        return self._reply(used, moment_of(written_at, self.latest), self.model, ids)

    def step(self, payload: dict[str, Any], written_at: Any, ordinal: Any) -> Reply | None:
        """The step that a count states, or None: no figures, the figures of the step before, or a parent's step."""
        info = mapping(payload, "info")
        self.take_tier(payload)
        self.take_tier(info)
        used = self.totals.used(info)
        if not any(used.values()):
            return None
        self.responses.claim(used)
        reported_at = moment_of(written_at, self.latest)
        is_copied = self._is_copied(reported_at, ordinal)
        if is_copied and self.is_sidechain:
            return None
        if self.totals.is_whole and self.forked_at is not None:
            self.inherited += used["input_tokens"] + used["output_tokens"]
            return None
        model = text(payload.get("model")) or text(info.get("model")) or self.model
        moment_id = digest_id([reported_at.isoformat(), model, *(used[name] for name in COUNTS)])
        if not mapping(info, "total_token_usage") or self.totals.now is None:
            return self._reply(used, reported_at, model, (moment_id, None))
        ids = codex_copies.step_id(self.totals.now.values()), self._copy_id(reported_at, model, is_copied=is_copied)
        return self._reply(used, reported_at, model, ids, earlier_id=moment_id)

    def _is_copied(self, reported_at: datetime, ordinal: Any) -> bool:
        """Whether a step is, for all that this log shows, of the history that was copied when the session began."""
        if self.first_ordinal is not None and isinstance(ordinal, int):
            return ordinal < self.first_ordinal
        if self.copied_until is None:
            return False
        if reported_at - self.copied_until < REPLAY_PAUSE:
            self.copied_until = max(reported_at, self.copied_until)
            self.has_copies = True
            return True
        if self.has_copies or self.is_sidechain:
            self.copied_until = None
        return False

    def _copy_id(self, reported_at: datetime, model: str | None, *, is_copied: bool) -> str:
        if self.turn is not None:
            return codex_copies.copy_id(f"turn {self.turn}", None)
        known_by = f"at {reported_at.isoformat()} by {model}"
        if (
            self.forked_at is None or reported_at < self.forked_at
        ):  # forks of older versions keep their parent's moments
            return codex_copies.copy_id(known_by, None)
        may_be_copy = not self.is_sidechain and (is_copied or not self.has_copies)
        return codex_copies.copy_id("" if may_be_copy else known_by, codex_copies.Fork(self.forked_at, self.ancestors))

    def _reply(
        self,
        used: Counts,
        reported_at: datetime,
        model: str | None,
        ids: tuple[str, str | None],
        *,
        earlier_id: str | None = None,
    ) -> Reply:
        self.without_tier += self.service_tier is None
        read = min(used["cached_input_tokens"], used["input_tokens"])
        written = min(used.get(CACHE_WRITES, 0), used["input_tokens"] - read)
        return Reply(
            *ids,
            moment=reported_at,
            session_id=self.session_id,
            project=self.project,
            provider=provider_of(self.provider, model or FIRST_MODEL, "openai"),
            model=model or FIRST_MODEL,
            source_file=self.name,
            input_uncached_tokens=used["input_tokens"] - read - written,
            cache_read_tokens=read,
            cache_write_other_tokens=written if CACHE_WRITES in used else None,
            output_tokens=used["output_tokens"],
            reasoning_tokens=used["reasoning_output_tokens"],
            is_sidechain=self.is_sidechain,
            service_tier=self.service_tier,
            note=None if model else ASSUMED,
            earlier_id=earlier_id,
        )


def roots(machine: Machine) -> list[Path]:
    """Codex's folder, or those that CODEX_HOME names."""
    return machine.named("CODEX_HOME") or [machine.user_home / ".codex"]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The steps of one session log.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    session = _Session(name, latest)
    kind = None
    for where, record in records(path, name, reading, marks=MARKS):
        take(reading, where, partial(_step, session, record))
        kind = record.get("type")
    left_out = len(session.responses.unclaimed) - (
        kind == USAGE_RECORD
    )  # the count of the last one may be about to be written
    if left_out > 0:
        reading.left_out[LEFT_OUT] = left_out
    if session.inherited:
        reading.left_out[INHERITED] = session.inherited
    asked_for = _tier_asked_for(path) if session.without_tier else None
    if asked_for is not None:
        reading.left_out[UNSTATED_TIER.format(tier=asked_for)] = session.without_tier
    return reading


def _tier_asked_for(log: Path) -> str | None:
    """The service tier, other than the standard one, that Codex is set to now: no log before July 2026 says it."""
    home = next((folder.parent for folder in log.parents if folder.name in FOLDERS), log.parent)
    try:
        settings = content_of(home / "config.toml", largest=LARGEST_SETTINGS).decode()
        tier = text(tomllib.loads(settings).get("service_tier"))
    except (OSError, ValueError):
        return None  # these settings are Codex's own, and say nothing that can be understood
    return None if tier in STANDARD_TIERS else tier


def _step(session: _Session, record: dict[str, Any]) -> Reply | None:
    payload, written_at = mapping(record, "payload"), record.get("timestamp")
    kind = record.get("type")
    if kind == USAGE_RECORD:
        session.responses.take(payload, written_at)
    match kind:
        case "session_meta":
            session.take_meta(payload, written_at)
        case "turn_context":
            session.take_turn(payload)
        case "compacted":
            return session.compaction(payload)
        case "event_msg" if payload.get("type") == "thread_settings_applied":
            session.take_tier(mapping(payload, "thread_settings"))
        case "event_msg" if payload.get("type") == "token_count":
            return session.step(payload, written_at, record.get("ordinal"))
    return None


def _parents(payload: dict[str, Any]) -> list[str]:
    """The sessions that a session's first record names as those it came from."""
    spawned = mapping(payload, "source", "subagent", "thread_spawn")
    return [name for name in map(text, (*map(payload.get, LINEAGE), spawned.get("parent_thread_id"))) if name]


def _unique(turn: Any) -> str | None:
    """A turn's id if it is of the kind that no other turn has; the first versions numbered them from 0."""
    try:
        return str(UUID(turn))
    except (ValueError, TypeError, AttributeError):
        return None


AGENT = LocalAgent(
    name="codex",
    title="Codex CLI",
    variables={
        "CODEX_HOME": "Where Codex CLI keeps its logs.",
    },
    roots=roots,
    places=tuple(LogLocation(folder, ("*.jsonl", "*.jsonl.zst")) for folder in FOLDERS),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    merge=codex_copies.merge,
    revision=3,
    understood="session files of Codex CLI 0.155, compressed or not",
    where="`~/.codex`, sessions and archive, compressed or not",
    special=(
        "A step counts once in a family of forks and sub-agents, its parent there or gone; cache writes, "
        "service tier and compaction too"
    ),
)
