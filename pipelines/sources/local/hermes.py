"""Hermes: one row per session of its SQLite database, whose running totals are replaced as they grow, never added.

The session is on the day it began. `message_count` counts messages, not requests, so none are reported. The shape was
read in ccusage (rust/crates/ccusage/src, `hermes` adapter).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.log_records import rows, take
from pipelines.sources.local.framework.log_values import UnusableRecordError, count, moment_since_1970, text
from pipelines.sources.local.framework.replies import ParsedLog, Reply

PROFILES = "profiles"
SESSIONS = """
    SELECT id, model, billing_provider, started_at,
        input_tokens, output_tokens, cache_read_tokens, cache_write_tokens
    FROM sessions
"""


def roots(machine: Machine) -> list[Path]:
    """Hermes' folder, or those that HERMES_HOME names, each with its profiles, which have a separate database.

    HERMES_HOME may name the profile that is in use: then the folder above is Hermes' own.
    """
    reported = machine.named("HERMES_HOME") or [machine.user_home / ".hermes"]
    homes = [folder.parent.parent if folder.parent.name == PROFILES else folder for folder in reported]
    profiles = [profile for home in homes for profile in sorted(home.glob(f"{PROFILES}/*"))]
    return list(dict.fromkeys([*reported, *homes, *profiles]))


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
    kinds = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
    counts = [count(row, kind) for kind in kinds]
    if not any(counts):
        return None
    session, model = text(row["id"]), text(row["model"])
    if session is None:
        raise UnusableRecordError("the session has no id")
    return Reply(
        message_id=session,
        request_id=None,
        moment=moment_since_1970(row["started_at"], latest),
        session_id=session,
        project=None,
        provider=provider_of(text(row["billing_provider"]), model, "hermes"),
        model=model,
        source_file=name,
        input_uncached_tokens=counts[0],
        cache_read_tokens=counts[1],
        cache_write_other_tokens=counts[2],
        output_tokens=counts[3],
        requests=None,
    )


AGENT = LocalAgent(
    name="hermes",
    title="Hermes",
    variables={
        "HERMES_HOME": "Where Hermes keeps its data.",
    },
    roots=roots,
    places=(LogLocation("", ("state.db",), deep=False, no_use=("response_store.db",), is_shared=True),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="the sessions table of Hermes of 2026",
    where="`~/.hermes` and its profiles",
    special="Totals of a session, on the day it began; replaced as they grow",
)
