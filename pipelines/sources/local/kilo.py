"""Kilo: one reply per message id, of a SQLite database in the shape of OpenCode's, from which it was forked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipelines.sources.local.framework.agent import PLATFORM_VARIABLES, LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.replies import ParsedLog
from pipelines.sources.local.opencode import merge, read_database


def roots(machine: Machine) -> list[Path]:
    """Kilo's data folders, or those that KILO_DATA_DIR names: of ccusage's making, but people have set it."""
    return machine.named("KILO_DATA_DIR") or machine.data_folders("kilo")


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The replies of the database.

    Raises:
        OSError: the file cannot be read.
    """
    return read_database(path, name, latest, "kilo")


AGENT = LocalAgent(
    name="kilo",
    title="Kilo",
    variables={
        "KILO_DATA_DIR": "Where Kilo keeps its data.",
        **PLATFORM_VARIABLES,
    },
    roots=roots,
    places=(LogLocation("", ("kilo.db", "kilo-*.db"), deep=False, is_shared=True),),
    read=read_file,
    merge=merge,
    revision=2,
    statement="log of a coding agent",
    precedence=50,
    understood="the message and session_message tables of Kilo of 2026",
    where="`~/.local/share/kilo`",
    special="Databases of versions 1 and 2, in use or not; what forks and upgrades copied counts once",
)
