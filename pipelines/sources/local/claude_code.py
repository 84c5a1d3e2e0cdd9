"""Claude Code: one reply per message id and request id, wherever it was copied to.

One reply is written several times: once for each streamed block, again in every session that was resumed or
forked from it, and, for a sub-agent, inside `progress` records. A reply is known by its message id and request
id; `claude_code_ids` says how without the latter. Of its copies the main thread's wins over a side chain's, then the
one with more tokens (the last of a stream reports the final usage), then one that reports its speed; ties fall to a
fixed
order. A side chain's copy of a message of the main thread is a replay, and dropped. The rules were read in ccusage
(rust/crates/ccusage/src, `claude` adapter); nested replies are this project's.

What a reply used is the sum over the turns of the model that answered. Other turns are not in that sum, and are rows of
their own: those of an advisor, another model that was asked meanwhile, those in which the conversation was compacted,
and those of a model that declined before another one answered; without output the latter are not charged (Anthropic's
documents on the advisor tool, on compaction, and on refusals and fallback, `usage.iterations`). Cache writes for
another time than 5 minutes and 1 hour are separate rows too, because no price is known for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.records import CACHE_WRITES_FOR
from pipelines.domain.vendors import provider_of
from pipelines.sources.local.claude_code_cache import cache_writes, other_durations
from pipelines.sources.local.claude_code_ids import ReplyIds, without_replays
from pipelines.sources.local.framework import replies
from pipelines.sources.local.framework.agent import PLATFORM_VARIABLES, LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation, folder_worked_in
from pipelines.sources.local.framework.log_records import records, take_all
from pipelines.sources.local.framework.log_values import (
    count,
    last_folder,
    mapping,
    modifier,
    moment,
    none_renamed,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply, ReplyKey

COWORK = "local-agent-mode-sessions"
NO_USE = ("*/tool-results/*", "*/workflows/*", "*.meta.json", "*sessions-index.json")
"""What lies alongside session files and may repeat their tokens."""
SYNTHETIC_MODEL = "<synthetic>"
Tokens = tuple[int, int, int, int, int | None, int]
"""What `COUNTED` names: uncached input, cache reads, writes for 5 minutes, 1 hour and an unknown time, output."""
COUNTED = (
    *("input_uncached_tokens", "cache_read_tokens"),
    *("cache_write_5m_tokens", "cache_write_1h_tokens", "cache_write_other_tokens"),
    "output_tokens",
)
CACHE = ("cache_read_input_tokens", "cache_creation_input_tokens")
UNPRICED_WRITES = "tokens written to the cache for another time than 5 minutes or 1 hour, which have no known price"
REPEATED_IDS = "replies with the same two ids as a much earlier one, counted as copies of it"
UNKNOWN_TURNS = "turns of an unknown kind: their tokens may be missing"
ATTEMPTS = ("message", "fallback_message")
"""The turns of a model that was to answer: what the last of these models used is in the sum of the reply."""
SEPARATE_KINDS = ("advisor_message", "compaction")
"""The turns whose tokens are not in it, whatever their model."""
DECLINED = "declined_message"


def log_roots(machine: Machine) -> list[Path]:
    """Where Claude Code may keep its logs: the folders its variable names, else both of its usual places.

    Claude Desktop runs it too, for what it calls Cowork, with a separate folder for each session; Windows keeps
    those of a packaged application apart.
    """
    config = machine.folder("XDG_CONFIG_HOME", ".config")
    packages = [folder / "Packages" for folder in machine.named("LOCALAPPDATA")]
    packaged = [found for folder in packages for found in sorted(folder.glob("Claude_*/LocalCache/Roaming/Claude"))]
    desktop = [folder / COWORK for folder in (config / "Claude", *machine.data_folders("Claude"), *packaged)]
    config_folders = machine.named("CLAUDE_CONFIG_DIR") or [config / "claude", machine.user_home / ".claude"]
    return [*config_folders, *desktop]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The replies of one log file, called `name` in rows and reasons; a reply after `latest` is rejected.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    log = _Log(name, latest, folder_worked_in(path, name, _depth(name)))
    for where, record in records(path, name, reading, marks=(b'"usage"',)):
        take_all(reading, where, partial(log.replies, record))
    if log.ids.repeated:
        reading.left_out[REPEATED_IDS] = len(log.ids.repeated)
    if log.unknown_turns:
        reading.left_out[UNKNOWN_TURNS] = len(log.unknown_turns)
    for reply in reading.replies.values():
        if (reply.service_tier or "").startswith(CACHE_WRITES_FOR):
            reading.left_out[UNPRICED_WRITES] += reply.tokens
    return reading


def _depth(name: str) -> int:
    """Where in a log's name the folder is that is named after the working folder."""
    folders = name.split("/")
    return folders.index("projects") + 1 if "projects" in folders else len(folders)


def merge(copies: Iterable[Reply]) -> dict[ReplyKey, Reply]:
    """The copy of each reply that counts, without replays of the main thread by side chains."""
    return without_replays(replies.merge(copies))


@dataclass
class _Log:
    """One log file: its name in rows, the latest moment of a reply, the folder it is named after, ids so far.

    `unknown_turns` has the message id and number of each turn that is of no known kind.
    """

    name: str
    latest: datetime
    folder: str | None
    ids: ReplyIds = field(default_factory=ReplyIds)
    unknown_turns: set[tuple[str, int]] = field(default_factory=set)

    def replies(self, record: dict[str, Any]) -> list[Reply]:
        """The reply that a record states and what was used alongside it; nothing when it is something else."""
        answer, is_nested = _answer(record)
        body = mapping(answer, "message")
        usage = mapping(body, "usage")
        model = text(body.get("model"))
        if not usage or model == SYNTHETIC_MODEL:
            return []
        reported_at = moment(answer.get("timestamp") or record.get("timestamp"), self.latest)
        session, request = text(record.get("sessionId")), text(answer.get("requestId"))
        tokens = _tokens(usage)
        message_id, earlier_id = self._ids(answer, session, request, reported_at, tokens)
        searches = usage.get("server_tool_use")
        reply = Reply(
            message_id=message_id,
            request_id=request,
            moment=reported_at,
            session_id=session,
            project=last_folder(record.get("cwd")) or self.folder,
            provider=provider_of(None, model, "unknown"),
            model=model,
            source_file=self.name,
            **_counts(tokens),
            web_search_requests=count(searches, "web_search_requests") if isinstance(searches, dict) else None,
            is_sidechain=is_nested or record.get("isSidechain") is True,
            service_tier=modifier(usage.get("service_tier")),
            speed=modifier(usage.get("speed")),
            inference_geo=_label(usage.get("inference_geo")),
            earlier_id=earlier_id,
        )
        turns = _turns(usage)
        known = (None, DECLINED, *ATTEMPTS, *SEPARATE_KINDS)
        self.unknown_turns.update((message_id, n) for n, (kind, _) in enumerate(turns) if kind not in known)
        return [reply, *_written_for_another_time(reply, usage), *_separate_rows(reply, turns)]

    def _ids(
        self, answer: dict[str, Any], session: str | None, request: str | None, reported_at: datetime, tokens: Tokens
    ) -> tuple[str, str | None]:
        """A reply's message id, and the one it had before replies without request id were distinguished."""
        message_id = text(mapping(answer, "message").get("id"))
        if message_id is None:
            line_id = text(answer.get("uuid"))
            counts = [tokens[0], tokens[1], tokens[5]]
            return f"line:{line_id or f'{session}:{reported_at.isoformat()}:{counts}'}", None
        named = self.ids.name((message_id, request), answer, session, reported_at, tokens[:5])
        return named, None if named == message_id else message_id


def _turns(usage: dict[str, Any]) -> list[tuple[str | None, dict[str, Any]]]:
    """The turns that a usage states, each with its kind."""
    reported = usage.get("iterations")
    turns = [turn for turn in reported if isinstance(turn, dict)] if isinstance(reported, list) else []
    kinds = [text(turn.get("type")) for turn in turns]
    models = [text(turn.get("model")) for turn in turns]
    answered = [model for kind, model in zip(kinds, models, strict=True) if kind in ATTEMPTS][-1:]
    return [
        (DECLINED if kind in ATTEMPTS and model not in {None, *answered} else kind, turn)
        for kind, model, turn in zip(kinds, models, turns, strict=True)
    ]


def _separate_rows(reply: Reply, turns: list[tuple[str | None, dict[str, Any]]]) -> Iterator[Reply]:
    """What was used in turns that the usage's own counts leave out; it is part of the same request."""
    numbers: Counter[str] = Counter()
    for kind, turn in turns:
        is_charged = kind in SEPARATE_KINDS or (kind == DECLINED and count(turn, "output_tokens") > 0)
        if kind is None or not is_charged:
            continue
        numbers[kind] += 1
        model = text(turn.get("model")) or reply.model
        tokens = _tokens(turn)
        separate = replace(
            reply,
            message_id=f"{reply.message_id}:{kind}-{numbers[kind]}",
            earlier_id=None,
            provider=provider_of(None, model, reply.provider),
            model=model,
            speed=modifier(turn.get("speed")) if model != reply.model else reply.speed,
            web_search_requests=None,
            requests=0,
            note=f"used by {kind.replace('_', ' ')} within a reply of {reply.model}",
            **_counts(tokens),
        )
        yield separate
        yield from _written_for_another_time(separate, turn)


def _written_for_another_time(reply: Reply, usage: dict[str, Any]) -> Iterator[Reply]:
    """Cache writes of durations that have no column, each in a row that no price applies to."""
    for name, tokens in other_durations(usage).items():
        duration = name.removeprefix("ephemeral_").removesuffix("_input_tokens")
        yield replace(
            reply,
            message_id=f"{reply.message_id}:{name}",
            earlier_id=None,
            service_tier=f"{CACHE_WRITES_FOR}{duration}",
            web_search_requests=None,
            requests=0,
            **_counts((0, 0, 0, 0, tokens, 0)),
        )


def _counts(tokens: Tokens) -> dict[str, Any]:
    """The tokens as a reply's fields."""
    return dict(zip(COUNTED, tokens, strict=True))


def _tokens(usage: dict[str, Any]) -> Tokens:
    """The tokens that a usage states, in the order of a reply's fields."""
    none_renamed(usage, ("input_tokens", "output_tokens"), CACHE, ("cache_creation", "server_tool_use"))
    uncached, cached = count(usage, "input_tokens"), count(usage, "cache_read_input_tokens")
    return (uncached, cached, *cache_writes(usage), count(usage, "output_tokens"))


def _answer(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The part of a record that is an assistant's reply, and whether a sub-agent's progress record wraps it."""
    if record.get("type") == "assistant":
        return record, False
    if record.get("type") == "progress":
        nested = mapping(record, "data", "message")
        if nested.get("type") == "assistant":
            return nested, True
    return {}, False


def _label(value: Any) -> str | None:
    """A region, unless the log says that there is none to state."""
    return None if value == "not_available" else modifier(value)


AGENT = LocalAgent(
    name="claude_code",
    title="Claude Code",
    variables={
        "CLAUDE_CONFIG_DIR": "Where Claude Code keeps its logs, if not in the usual places; several with commas.",
        "XDG_CONFIG_HOME": "Where programs keep their settings; default: ~/.config.",
        **PLATFORM_VARIABLES,
    },
    roots=log_roots,
    places=(
        LogLocation("projects", ("*.jsonl",), no_use=NO_USE),
        LogLocation("transcripts", ("*.jsonl",)),
        LogLocation("", ("*/local_*/.claude/projects/*.jsonl",), no_use=("*",)),
    ),
    read=read_file,
    understood="session files of Claude Code 2.1",
    where="`~/.claude`, `~/.config/claude`, Claude Desktop's `local-agent-mode-sessions`",
    special=(
        "Final usage of each reply; sub-agents count, their replays do not; cache writes by duration; what an"
        " advisor, compacting or a model that declined used in separate rows; each reply of a gateway, "
        "whatever ids it gives"
    ),
    revision=5,
    merge=merge,
    compares_sessions=True,
    statement="log of a coding agent",
    precedence=50,
)
