"""OpenClaw: one reply per answer of a session, in the shape of pi's logs, on which it is built.

A session that was deleted or reset stays as a file with another ending; what it holds was used, and counts. Since
2026.8 the records of a session are, as they were in its file, in a database of its agent (openclaw/openclaw pull
request 98236); what was taken over from files counts once. The folder was renamed with the program, and each of its
names is looked at.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import DATABASES, LogLocation
from pipelines.sources.local.framework.log_records import json_column, rows, take
from pipelines.sources.local.framework.log_values import text
from pipelines.sources.local.framework.replies import ParsedLog, Reply
from pipelines.sources.local.pi import Session, read_session

EVENTS = "SELECT session_id, event_json FROM transcript_events ORDER BY session_id, seq"


def roots(machine: Machine) -> list[Path]:
    """The folder under each of the program's names, with those of its profiles, or those that are reported.

    OPENCLAW_STATE_DIR is the program's variable, OPENCLAW_DIR one of ccusage's making.
    """
    reported = machine.named("OPENCLAW_STATE_DIR") + machine.named("OPENCLAW_DIR")
    usual = [machine.user_home / folder for folder in (".openclaw", ".clawdbot", ".moltbot", ".moldbot")]
    return reported or [*usual, *sorted(machine.user_home.glob(".openclaw-*"))]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The answers of one session, or of all sessions of an agent's database.

    Raises:
        OSError: the file cannot be read.
    """
    if path.suffix not in DATABASES:
        return read_session(path, name, latest, "openclaw")
    reading = ParsedLog()
    sessions: dict[str, Session] = {}
    for where, row in rows(path, name, reading, EVENTS):
        key = text(row["session_id"]) or name
        session = sessions.setdefault(key, Session(name, latest, "openclaw", key))
        take(reading, where, partial(_answer, session, row["event_json"]))
    return reading


def _answer(session: Session, event: Any) -> Reply | None:
    return session.reply(json_column(event))


REPEATED = ("*sessions.json", "*cron/runs/*")
"""The list of sessions with their totals, and what scheduled runs took, which their sessions state."""

AGENT = LocalAgent(
    name="openclaw",
    title="OpenClaw",
    variables={
        "OPENCLAW_STATE_DIR": "Where OpenClaw keeps its data.",
        "OPENCLAW_DIR": "The same (a name from other tools).",
    },
    roots=roots,
    places=(
        LogLocation(
            "",
            ("*.jsonl", "*.jsonl.deleted.*", "*.jsonl.reset.*", "*openclaw-agent.sqlite"),
            no_use=REPEATED,
            is_shared=True,
        ),
    ),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="session files and agents' databases of OpenClaw 2026.9",
    where="`~/.openclaw` and its profiles",
    special="Deleted and reset sessions count; the database since 2026.8 too",
)
