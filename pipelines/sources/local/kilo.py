"""Kilo: one reply per message id, of a SQLite database in the shape of OpenCode's, from which it was forked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.sources.local.agent import LocalAgent, Machine
from pipelines.sources.local.log_files import Place
from pipelines.sources.local.opencode import merge, read_database
from pipelines.sources.local.replies import Reading


def roots(machine: Machine) -> list[Path]:
    """Kilo's data folder, or those that KILO_DATA_DIR names."""
    return machine.named("KILO_DATA_DIR") or [machine.user_home / ".local" / "share" / "kilo"]


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The replies of the database.

    Raises:
        OSError: the file cannot be read.
    """
    return read_database(path, name, latest, "kilo")


AGENT = LocalAgent(
    name="kilo",
    title="Kilo",
    variables=("KILO_DATA_DIR",),
    roots=roots,
    places=(Place("", ("kilo.db",), deep=False),),
    read=read_file,
    merge=merge,
    revision=2,
    statement="log of a coding agent",
    precedence=50,
    understood="the message table of Kilo of 2026",
)
