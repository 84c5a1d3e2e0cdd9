"""Factory's Droid: one row per session, whose running totals are replaced as they grow, never added.

A session's settings file reports what it has used so far, so the session is on the day it began, or, where the file
does not say, on the day it was last written. How many requests it took is not reported. The rules were read in ccusage
(rust/crates/ccusage/src, `droid` adapter).
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.domain.vendors import provider_of
from pipelines.sources.local.framework.agent import LocalAgent, Machine
from pipelines.sources.local.framework.log_files import LogLocation, folder_worked_in
from pipelines.sources.local.framework.log_records import document, take
from pipelines.sources.local.framework.log_values import count, mapping, moment, moment_since_1970, none_renamed, text
from pipelines.sources.local.framework.replies import ParsedLog, Reply

SUFFIX = ".settings.json"
CACHE = ("cacheReadTokens", "cacheCreationTokens")
_USER_KEY = re.compile(r"custom:(?P<model>[^\[]*?)-?(\[.*)?", re.DOTALL)
"""How a model that runs with a key of the user's is written: custom:GPT-5.1-Codex-[OpenAI]-0."""


def roots(machine: Machine) -> list[Path]:
    """Droid's folder of sessions, or those that DROID_SESSIONS_DIR, of ccusage's making, names."""
    return machine.named("DROID_SESSIONS_DIR") or [machine.user_home / ".factory" / "sessions"]


def read_file(path: Path, name: str, latest: datetime) -> ParsedLog:
    """The total of one session.

    Raises:
        OSError: the file cannot be read.
    """
    reading = ParsedLog()
    written_at = path.stat().st_mtime
    settings = document(path, name, reading)
    if isinstance(settings, dict):
        project = folder_worked_in(path, name, 0)
        take(reading, f"{name}:1", partial(_total, settings, written_at, project, name, latest))
    return reading


def _total(
    settings: dict[str, Any], written_at: float, project: str | None, name: str, latest: datetime
) -> Reply | None:
    usage = mapping(settings, "tokenUsage")
    none_renamed(usage, ("inputTokens", "outputTokens"), CACHE, ("thinkingTokens",))
    inputs, output = count(usage, "inputTokens"), count(usage, "outputTokens")
    read, written = count(usage, "cacheReadTokens"), count(usage, "cacheCreationTokens")
    if not any((inputs, output, read, written)):
        return None
    began = settings.get("providerLockTimestamp")
    model = _model(text(settings.get("model")))
    session = name.rsplit("/", 1)[-1].removesuffix(SUFFIX)
    return Reply(
        message_id=session,
        request_id=None,
        moment=moment(began, latest) if began else moment_since_1970(written_at, latest),
        session_id=session,
        project=project,
        provider=provider_of(text(settings.get("providerLock")), model, "factory"),
        model=model,
        source_file=name,
        input_uncached_tokens=inputs,
        cache_read_tokens=read,
        cache_write_other_tokens=written,
        output_tokens=output,
        requests=None,
    )


def _model(reported: str | None) -> str | None:
    user_key = _USER_KEY.fullmatch(reported or "")
    return user_key["model"].lower() if user_key else reported


AGENT = LocalAgent(
    name="droid",
    title="Droid",
    variables={
        "DROID_SESSIONS_DIR": "Where Factory's Droid keeps its sessions.",
    },
    roots=roots,
    places=(LogLocation("", (f"*{SUFFIX}",), no_use=("*.jsonl",)),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    revision=2,
    understood="session settings of Droid of 2026",
    where="`~/.factory/sessions`",
    special="Totals of a session, on the day it began; replaced as they grow",
)
