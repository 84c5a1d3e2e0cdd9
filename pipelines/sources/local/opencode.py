"""OpenCode: one reply per message id, of its SQLite database and of the JSON files that older versions wrote.

A database that took over the files holds the same ids, so each message counts once. Input, cache reads and writes,
and output are stated apart; reasoning is a part of output, unless the message's own total says that it stands beside.
The cost that OpenCode reckons is not read: it is 0 under a subscription, and its list may differ from ours. The rules
were read in ccusage (rust/crates/ccusage/src, `opencode` adapter).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.sources.local.agent import LocalAgent, Machine
from pipelines.sources.local.log_files import Place
from pipelines.sources.local.log_records import document, parsed, rows, take
from pipelines.sources.local.log_values import (
    UnusableRecordError,
    count,
    last_folder,
    mapping,
    moment_since_1970,
    stated_count,
    text,
)
from pipelines.sources.local.makers import seller
from pipelines.sources.local.replies import Reading, Reply

MESSAGES = "SELECT id, session_id, data FROM message"


def roots(machine: Machine) -> list[Path]:
    """OpenCode's data folder, or those that OPENCODE_DATA_DIR names."""
    return machine.named("OPENCODE_DATA_DIR") or [machine.user_home / ".local" / "share" / "opencode"]


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The replies of a database, or of one message's file.

    Raises:
        OSError: the file cannot be read.
    """
    if path.suffix == ".db":
        return read_database(path, name, latest, "opencode")
    reading = Reading()
    message = document(path, name, reading)
    if isinstance(message, dict):
        take(reading, f"{name}:1", partial(_reply, message, text(message.get("sessionID")), name, latest, "opencode"))
    return reading


def read_database(path: Path, name: str, latest: datetime, agent: str) -> Reading:
    """The replies of a database of OpenCode's shape, which its forks have too; `agent` sells what no rule knows.

    Raises:
        OSError: the file cannot be read.
    """
    reading = Reading()
    for where, row in rows(path, name, reading, MESSAGES):
        take(reading, where, partial(_from_row, dict(row), name, latest, agent))
    return reading


def _from_row(row: dict[str, Any], name: str, latest: datetime, agent: str) -> Reply | None:
    content = row["data"]
    message = parsed(content.encode("utf-8", "replace") if isinstance(content, str) else bytes(content or b"{}"))
    if not isinstance(message, dict):
        return None
    return _reply({**message, "id": row["id"]}, text(row["session_id"]), name, latest, agent)


def _reply(message: dict[str, Any], session: str | None, name: str, latest: datetime, agent: str) -> Reply | None:
    tokens = mapping(message, "tokens")
    cache = mapping(tokens, "cache")
    apart = count(tokens, "input"), count(cache, "read"), count(cache, "write"), count(tokens, "output")
    reasoning = count(tokens, "reasoning")
    if message.get("role", "assistant") != "assistant" or not any((*apart, reasoning)):
        return None
    message_id = text(message.get("id"))
    if message_id is None:
        raise UnusableRecordError("the message has no id")
    is_beside = stated_count(tokens, "total") == sum(apart) + reasoning
    model = text(message.get("modelID"))
    path = mapping(message, "path")
    return Reply(
        message_id=message_id,
        request_id=None,
        moment=moment_since_1970(mapping(message, "time").get("created"), latest),
        session_id=session,
        project=last_folder(path.get("cwd")) or last_folder(path.get("root")),
        provider=seller(text(message.get("providerID")), model, agent),
        model=model,
        source_file=name,
        input_uncached=apart[0],
        cache_read=apart[1],
        cache_write_other=apart[2],
        output=apart[3] + (reasoning if is_beside else 0),
        reasoning=reasoning,
    )


AGENT = LocalAgent(
    name="opencode",
    title="OpenCode",
    variables=("OPENCODE_DATA_DIR",),
    roots=roots,
    places=(Place("", ("opencode.db", "opencode-*.db"), deep=False), Place("storage/message", ("*msg_*.json",))),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    understood="the message table and message files of OpenCode 1",
)
