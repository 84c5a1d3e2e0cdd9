"""Claude Code: one reply per message id and request id, wherever it was copied to.

One reply is written several times: once for each streamed block, again in every session that was resumed or
forked from it, and, for a sub-agent, inside `progress` records. A reply is known by its message id and request
id. Of its copies the main thread's wins over a side chain's, then the one with more tokens (the last of a
stream states the final usage), then one that states its speed; ties fall to a fixed order. A side chain's copy of a
message of the main thread is a replay, and dropped. The rules were read in ccusage (rust/crates/ccusage/src,
`claude` adapter); nested replies are this project's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.sources.local import replies
from pipelines.sources.local.agent import LocalAgent, Machine
from pipelines.sources.local.log_files import Place, folder_worked_in
from pipelines.sources.local.log_records import records, take
from pipelines.sources.local.log_values import count, last_folder, mapping, moment, text
from pipelines.sources.local.makers import maker
from pipelines.sources.local.replies import Reading, Reply, ReplyKey

SYNTHETIC_MODEL = "<synthetic>"


def log_roots(machine: Machine) -> list[Path]:
    """Where Claude Code may keep its logs: the folders its own variable names, else both of its usual places."""
    usual = [machine.folder("XDG_CONFIG_HOME", ".config") / "claude", machine.user_home / ".claude"]
    return machine.named("CLAUDE_CONFIG_DIR") or usual


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The replies of one log file, called `name` in rows and reasons; a reply after `latest` is rejected.

    Raises:
        OSError: the file cannot be read.
    """
    reading = Reading()
    folder = folder_worked_in(path, name, 1)
    for where, record in records(path, name, reading, marks=(b'"usage"',)):
        take(reading, where, partial(_reply, record, folder, name, latest))
    return reading


def merge(copies: Iterable[Reply]) -> dict[ReplyKey, Reply]:
    """The copy of each reply that counts, without replays of the main thread by side chains."""
    best = replies.merge(copies)
    main_thread = {reply.message_id for reply in best.values() if not reply.is_sidechain}
    return {key: reply for key, reply in best.items() if not (reply.is_sidechain and reply.message_id in main_thread)}


def _reply(record: dict[str, Any], folder: str | None, name: str, latest: datetime) -> Reply | None:
    """The reply that a record states, or None when it is something else."""
    answer, is_nested = _answer(record)
    body = mapping(answer, "message")
    usage = mapping(body, "usage")
    model = text(body.get("model"))
    if not usage or model == SYNTHETIC_MODEL:
        return None
    stated_at = moment(answer.get("timestamp") or record.get("timestamp"), latest)
    session = text(record.get("sessionId"))
    write_5m, write_1h = _cache_writes(usage)
    searches = usage.get("server_tool_use")
    tokens = [count(usage, kind) for kind in ("input_tokens", "cache_read_input_tokens", "output_tokens")]
    return Reply(
        message_id=text(body.get("id")) or _line_id(answer, session, stated_at, tokens),
        request_id=text(answer.get("requestId")),
        moment=stated_at,
        session_id=session,
        project=last_folder(record.get("cwd")) or folder,
        provider=maker(model) or "anthropic",
        model=model,
        source_file=name,
        service_tier=text(usage.get("service_tier")),
        speed=text(usage.get("speed")),
        inference_geo=_stated(usage.get("inference_geo")),
        input_uncached=tokens[0],
        cache_read=tokens[1],
        cache_write_5m=write_5m,
        cache_write_1h=write_1h,
        output=tokens[2],
        web_searches=count(searches, "web_search_requests") if isinstance(searches, dict) else None,
        is_sidechain=is_nested or record.get("isSidechain") is True,
    )


def _answer(record: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """The part of a record that is an assistant's reply, and whether a sub-agent's progress record wraps it."""
    if record.get("type") == "assistant":
        return record, False
    if record.get("type") == "progress":
        nested = mapping(record, "data", "message")
        if nested.get("type") == "assistant":
            return nested, True
    return {}, False


def _cache_writes(usage: dict[str, Any]) -> tuple[int, int]:
    """Tokens written to the 5-minute and the 1-hour cache; logs that do not tell them apart knew only the former."""
    split = mapping(usage, "cache_creation")
    if split:
        return count(split, "ephemeral_5m_input_tokens"), count(split, "ephemeral_1h_input_tokens")
    return count(usage, "cache_creation_input_tokens"), 0


def _line_id(answer: dict[str, Any], session: str | None, stated_at: datetime, tokens: list[int]) -> str:
    """An id for a reply that states none: its copies cannot be told, but reading a line again must not count it."""
    own = text(answer.get("uuid"))
    return f"line:{own or f'{session}:{stated_at.isoformat()}:{tokens}'}"


def _stated(value: Any) -> str | None:
    """A region, unless the log says that there is none to state."""
    return None if value == "not_available" else text(value)


AGENT = LocalAgent(
    name="claude_code",
    title="Claude Code",
    variables=("CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME"),
    roots=log_roots,
    places=(Place("projects", ("*.jsonl",)),),
    read=read_file,
    understood="session files of Claude Code 2.1",
    merge=merge,
    statement="log of a coding agent",
    precedence=50,
)
