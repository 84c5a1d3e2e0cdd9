"""Kimi CLI: one reply per status update that states its tokens, known by its message id.

Uncached input, cache reads, cache writes and output are stated apart. The log does not name the model, so none is
stated, and use stays unpriced until a price is. The shape was read in ccusage (rust/crates/ccusage/src,
`kimi` adapter).
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.sources.local.agent import LocalAgent, Machine
from pipelines.sources.local.log_files import Place
from pipelines.sources.local.log_records import records, take
from pipelines.sources.local.log_values import count, digest_id, mapping, moment_since_1970, text
from pipelines.sources.local.replies import Reading, Reply

KINDS = ("input_other", "input_cache_read", "input_cache_creation", "output")


def roots(machine: Machine) -> list[Path]:
    """Kimi's folder, or those that KIMI_DATA_DIR names."""
    return machine.named("KIMI_DATA_DIR") or [machine.user_home / ".kimi"]


def read_file(path: Path, name: str, latest: datetime) -> Reading:
    """The replies of one session.

    Raises:
        OSError: the file cannot be read.
    """
    reading = Reading()
    for where, record in records(path, name, reading, marks=(b'"token_usage"',)):
        take(reading, where, partial(_reply, record, name, latest))
    return reading


def _reply(record: dict[str, Any], name: str, latest: datetime) -> Reply | None:
    message = mapping(record, "message")
    payload = mapping(message, "payload")
    usage = mapping(payload, "token_usage")
    counts = [count(usage, kind) for kind in KINDS]
    if message.get("type") != "StatusUpdate" or not any(counts):
        return None
    stated_at = moment_since_1970(record.get("timestamp"), latest)
    session = name.split("/")[-2]
    return Reply(
        message_id=text(payload.get("message_id")) or digest_id([session, stated_at.isoformat(), *counts]),
        request_id=None,
        moment=stated_at,
        session_id=session,
        project=None,
        provider="moonshotai",
        model=None,
        source_file=name,
        input_uncached=counts[0],
        cache_read=counts[1],
        cache_write_other=counts[2],
        output=counts[3],
    )


AGENT = LocalAgent(
    name="kimi",
    title="Kimi CLI",
    variables=("KIMI_DATA_DIR",),
    roots=roots,
    places=(Place("sessions", ("*wire.jsonl",)),),
    read=read_file,
    statement="log of a coding agent",
    precedence=50,
    understood="wire logs of Kimi CLI 1.x and of Kimi Code up to protocol 1.5",
)
