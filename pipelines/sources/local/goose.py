"""Goose: one row per session of its SQLite database, whose running totals are replaced as they grow, never added.

The accumulated counts are those of the whole session; the others are of its last reply, and are read only where there
are no accumulated ones. The session is on the day it was made. How many requests it took, and what was read from
a cache, is not reported. The shape was read in ccusage (rust/crates/ccusage/src, `goose` adapter).
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework.agent import PLATFORM_VARIABLES, LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import parsed, rows, take
from pipelines.sources.local.framework.log_values import UnusableRecordError, moment_of, reported_count, text
from pipelines.sources.local.framework.replies import ParsedLog, Reply

SESSIONS = """
    SELECT id, model_config_json, provider_name, created_at, input_tokens, output_tokens,
        accumulated_input_tokens, accumulated_output_tokens
    FROM sessions
"""


def roots(machine: Machine) -> list[Path]:
    """Goose's data folders, under its name and its maker's, or the one that GOOSE_PATH_ROOT names."""
    named = [path / "data" for path in machine.named("GOOSE_PATH_ROOT")]
    by_maker = machine.data_folders("Block")
    usual = [folder / "goose" / below for folder in by_maker for below in ("", "data")]
    return named or [*machine.data_folders("goose"), *usual]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The totals of every session.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    for where, row in rows(path, name, reading, SESSIONS):
        take(reading, where, partial(_total, dict(row), name, latest))
    return reading


def _total(row: dict[str, Any], name: str, latest: datetime) -> Reply | None:
    inputs = _known(row, "accumulated_input_tokens", "input_tokens")
    output = _known(row, "accumulated_output_tokens", "output_tokens")
    if not (inputs or output):
        return None
    session = text(row["id"])
    if session is None:
        raise UnusableRecordError("the session has no id")
    settings = parsed((text(row["model_config_json"]) or "{}").encode())
    model = text(settings.get("model_name")) if isinstance(settings, dict) else None
    return Reply(
        message_id=session,
        request_id=None,
        moment=_made_at(row["created_at"], latest),
        session_id=session,
        project=None,
        provider=provider_of(text(row["provider_name"]), model, "goose"),
        model=model,
        source_file=name,
        input_uncached_tokens=inputs,
        output_tokens=output,
        requests=None,
    )


def _known(row: dict[str, Any], *names: str) -> int | None:
    return next((value for value in (reported_count(row, name) for name in names) if value is not None), None)


def _made_at(value: Any, latest: datetime) -> datetime:
    """The moment a session was made; SQLite writes UTC without saying so."""
    try:
        reported = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError as error:
        raise UnusableRecordError("the session has no usable timestamp") from error
    if reported is None or reported.tzinfo is not None:
        return moment_of(value, latest)
    return moment_of(reported.replace(tzinfo=UTC).isoformat(), latest)


AGENT = LocalAgent(
    name="goose",
    title="Goose",
    variables={
        "GOOSE_PATH_ROOT": "Where Goose keeps its data.",
        **PLATFORM_VARIABLES,
    },
    roots=roots,
    places=(LogLocation("sessions", ("sessions.db",), deep=False),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="the sessions table of Goose 1.x",
    where="`~/.local/share/goose`",
    special="Totals of a session, on the day it began; replaced as they grow",
)
