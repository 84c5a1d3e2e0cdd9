"""OpenCode: one reply per message of its SQLite database and of the JSON files that older versions wrote.

Version 1 stores messages in the table `message`, version 2 in `session_message`, in the same database: after an upgrade
the old table stays as it was, and what was taken over is in both, maybe under another id. A fork copies messages
under new ids. What neither changes is when a message was created, its model and its counts: by these a message is
known, and counts once. Input, cache reads and writes, and output are reported apart. What was reasoned is alongside the
output in version 2; in version 1 it is a part of it, unless the message's total says otherwise. Compacting a
session is reported in a separate row in version 2. The cost that OpenCode reckons is not read: it is 0 under a
subscription, and its list may differ from ours. The rules were read in ccusage (rust/crates/ccusage/src, `opencode`
adapter), those of version 2 in OpenCode's source (packages/core/src/session: `projector`, `usage`,
`message-backfill`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework import replies
from pipelines.sources.local.framework.agent import PLATFORM_VARIABLES, LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import document, json_column, rows, tables, take
from pipelines.sources.local.framework.log_values import (
    UnusableRecordError,
    count,
    digest_id,
    last_folder,
    mapping,
    moment_since_1970,
    none_renamed,
    reported_count,
    text,
)
from pipelines.sources.local.framework.replies import ParsedLog, Reply, ReplyKey

MESSAGES = {
    "message": "SELECT id, session_id, NULL AS created, NULL AS directory, NULL AS model, data FROM message",
    "session_message": """
        SELECT m.id, m.session_id, m.time_created AS created, {session}, m.data
        FROM session_message AS m {join} WHERE m.type IN ('assistant', 'compaction')
    """,
}
"""Of each table that may hold messages. Version 2 stores the folder and the model of a session separately."""
UNREAD = "messages with tokens in a format that may be newer than this version, not read"
SESSIONS = {
    "session": "s.directory, s.model",
    "join": "LEFT JOIN session_v2 AS s ON s.id = m.session_id",
}
NO_SESSIONS = {"session": "NULL AS directory, NULL AS model", "join": ""}


@dataclass(frozen=True)
class _Source:
    """Where a message was read: the file's name in rows, the latest moment it can have, and the agent that wrote it."""

    name: str
    latest: datetime
    agent: str
    reasons_separately: bool = False


def roots(machine: Machine) -> list[Path]:
    """OpenCode's data folders, or those that OPENCODE_DATA_DIR names: of ccusage's making, but people have set it."""
    return machine.named("OPENCODE_DATA_DIR") or machine.data_folders("opencode")


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The replies of a database, or of one message's file.

    Raises:
        OSError: the file cannot be read.
    """
    if path.suffix == ".db":
        return read_database(path, name, latest, "opencode")
    reading = ParsedLog()
    message = document(path, name, reading)
    if isinstance(message, dict):
        source = _Source(name, latest, "opencode")
        take(reading, f"{name}:1", partial(_reply, message, text(message.get("sessionID")), source))
    return reading


def read_database(path: Path, name: str, latest: datetime, agent: str) -> ParsedLog:
    """The replies of a database of OpenCode's shape, which its forks have too; `agent` sells what no rule knows.

    Raises:
        OSError: the file cannot be read.
    """
    there = tables(path)
    known = [table for table in MESSAGES if table in there]
    reading = ParsedLog(is_unknown=not known)
    for table in known:
        query = MESSAGES[table].format(**(SESSIONS if "session_v2" in there else NO_SESSIONS))
        source = _Source(name, latest, agent, reasons_separately=table == "session_message")
        for where, row in rows(path, name, reading, query):
            take(reading, where, partial(_from_row, dict(row), source))
    _note_unread(path, name, there, reading)
    return reading


def _note_unread(path: Path, name: str, there: set[str], reading: ParsedLog) -> None:
    """Count messages that report tokens and are not read: of another kind, or in a table of a later version."""
    kinds = {"session_message": "type NOT IN ('assistant', 'compaction')"} if "session_message" in there else {}
    later = [table for table in there - MESSAGES.keys() if "message" in table and table.isidentifier()]
    for table, condition in {**kinds, **dict.fromkeys(later, "1")}.items():
        query = f"SELECT 1 FROM {table} WHERE {condition} AND data LIKE '%\"tokens\":%'"  # noqa: S608 - no one's words
        number = sum(1 for _ in rows(path, name, ParsedLog(), query))
        if number:
            reading.left_out[UNREAD] += number


def merge(copies: Iterable[Reply]) -> dict[ReplyKey, Reply]:
    """The copy of each message that counts: the last state of each id, and of equal messages the one of fewest tokens.

    Equal messages differ in what is reckoned of them only where one was taken over from version 1, which may have
    stated what was reasoned as a part of the output.
    """
    last: dict[str, Reply] = {}
    for reply in replies.merge(copies).values():
        known = last.get(reply.request_id or "")
        if known is None or reply.outranks(known):
            last[reply.request_id or ""] = reply
    once: dict[str, Reply] = {}
    for reply in last.values():
        known = once.get(reply.message_id)
        if known is None or _order(reply) < _order(known):
            once[reply.message_id] = reply
    return {reply.key: reply for reply in once.values()}


def _order(reply: Reply) -> tuple[int, bool, str, str]:
    return reply.tokens, reply.project is None, reply.request_id or "", repr(reply)


def _from_row(row: dict[str, Any], source: _Source) -> Reply | None:
    message = json_column(row["data"])
    model = mapping(message, "model") or json_column(row["model"])
    folder = {"cwd": row["directory"]}
    reported = {"modelID": model.get("id"), "providerID": model.get("providerID"), "path": folder}
    record = {"id": row["id"], "time": mapping(message, "time") or {"created": row["created"]}}
    return _reply({**reported, **message, **record}, text(row["session_id"]), source)


def _reply(message: dict[str, Any], session: str | None, source: _Source) -> Reply | None:
    tokens = mapping(message, "tokens")
    cache = mapping(tokens, "cache")
    apart = count(tokens, "input"), count(cache, "read"), count(cache, "write"), count(tokens, "output")
    reasoning = count(tokens, "reasoning")
    if message.get("role", "assistant") != "assistant":
        return None
    none_renamed(tokens, ("input", "output"), ("cache", "reasoning"), ("total",))
    none_renamed(cache, ("read", "write"))
    if not any((*apart, reasoning)):
        return None
    message_id = text(message.get("id"))
    if message_id is None:
        raise UnusableRecordError("the message has no id")
    is_separate = source.reasons_separately or reported_count(tokens, "total") == sum(apart) + reasoning
    model = text(message.get("modelID"))
    path = mapping(message, "path")
    created = moment_since_1970(mapping(message, "time").get("created"), source.latest)
    return Reply(
        message_id=digest_id([created.isoformat(), model, *apart, reasoning]),
        request_id=message_id,
        moment=created,
        session_id=session,
        project=last_folder(path.get("cwd")) or last_folder(path.get("root")),
        provider=provider_of(text(message.get("providerID")), model, source.agent),
        model=model,
        source_file=source.name,
        input_uncached_tokens=apart[0],
        cache_read_tokens=apart[1],
        cache_write_other_tokens=apart[2],
        output_tokens=apart[3] + (reasoning if is_separate else 0),
        reasoning_tokens=reasoning,
        earlier_id=message_id,
    )


AGENT = LocalAgent(
    name="opencode",
    title="OpenCode",
    variables={
        "OPENCODE_DATA_DIR": "Where OpenCode keeps its data.",
        **PLATFORM_VARIABLES,
    },
    roots=roots,
    places=(
        LogLocation("", ("opencode.db", "opencode-*.db"), deep=False, is_shared=True),
        LogLocation("storage/message", ("*msg_*.json",)),
    ),
    read=read_file,
    merge=merge,
    revision=2,
    statement="log of a coding agent",
    precedence=50,
    understood="message files, the message table of OpenCode 1 and session_message of OpenCode 2",
    where="`~/.local/share/opencode`",
    special=(
        "Databases of versions 1 and 2, in use or not, and the older files; what forks and upgrades copied counts once"
    ),
)
