"""OpenClaw: one reply per answer of a session, in the shape of pi's logs, on which it is built.

A session that was deleted or reset stays as a file with another ending; what it holds was used, and counts. The folder
was renamed with the program, and each of its names is looked at.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.sources.local.agent import LocalAgent, Machine
from pipelines.sources.local.log_files import Place
from pipelines.sources.local.pi import read_session
from pipelines.sources.local.replies import Reading


def roots(machine: Machine) -> list[Path]:
    """The folder under each of the program's names, with those of its profiles, or those that are stated.

    OPENCLAW_STATE_DIR is the program's own variable, OPENCLAW_DIR one of ccusage's making.
    """
    stated = machine.named("OPENCLAW_STATE_DIR") + machine.named("OPENCLAW_DIR")
    usual = [machine.user_home / folder for folder in (".openclaw", ".clawdbot", ".moltbot", ".moldbot")]
    return stated or [*usual, *sorted(machine.user_home.glob(".openclaw-*"))]


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The answers of one session.

    Raises:
        OSError: the file cannot be read.
    """
    return read_session(path, name, latest, "openclaw")


AGENT = LocalAgent(
    name="openclaw",
    title="OpenClaw",
    variables=("OPENCLAW_STATE_DIR", "OPENCLAW_DIR"),
    roots=roots,
    places=(Place("", ("*.jsonl", "*.jsonl.deleted.*", "*.jsonl.reset.*")),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    understood="session files of OpenClaw of 2026",
)
