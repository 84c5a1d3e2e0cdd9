"""Eighteen months of session logs in Claude Code's format, day by day from a seed.

What makes real logs hard is in them: replies written once per streamed block, sub-agents inside progress records,
sessions forked with their history, broken last lines, and a day when an agent ran away.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

HOSTS = {"build-server": 1.0, "maya-laptop": 0.55}
"""Machine -> its share of the work. The build server pays by the token; the laptop has a subscription."""
PROJECTS = {"fleet-planner": 0.45, "vision-lab": 0.35, "website": 0.2}
LAUNCHES = (
    (date(2024, 10, 22), "claude-3-5-haiku-20241022", 2),
    (date(2025, 2, 24), "claude-3-7-sonnet-20250219", 6),
    (date(2025, 5, 22), "claude-opus-4-20250514", 2),
    (date(2025, 5, 22), "claude-sonnet-4-20250514", 6),
    (date(2025, 9, 29), "claude-sonnet-4-5-20250929", 8),
    (date(2025, 10, 15), "claude-haiku-4-5-20251001", 4),
    (date(2025, 11, 24), "claude-opus-4-5-20251101", 5),
    (date(2026, 2, 5), "claude-opus-4-6", 7),
    (date(2026, 2, 17), "claude-sonnet-4-6", 7),
)
"""(day of the public launch, model id, weight once launched)."""
MODELS_IN_USE = 4
"""The latest ones; what is older is no longer called."""

REPLIES_A_DAY = 46
WEEKEND_SHARE = 0.22
GROWTH_A_MONTH = 1.035
RUNAWAY_DAYS_AGO = 11
"""How long before the last sample day the runaway agent ran."""
RUNAWAY_FACTOR = 12
FORKED_SHARE = 0.05
"""Of the sessions: another session starts from the first half of their history, and so repeats it in its file."""
QUIET_DAYS = frozenset({(12, 24), (12, 25), (12, 26), (12, 27), (12, 28), (12, 29), (12, 30), (12, 31), (1, 1)})


@dataclass
class LogTotals:
    """What the logs hold once each reply is counted once."""

    replies: int = 0
    input_uncached: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0
    broken_lines: int = 0
    by_host: dict[str, int] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """All tokens together."""
        return self.input_uncached + self.cache_read + self.cache_write_5m + self.cache_write_1h + self.output


@dataclass(frozen=True)
class Session:
    """One session of work: on which machine, on what, under which id."""

    host: str
    project: str
    id: str

    @property
    def file(self) -> str:
        """Its log, below the log folder of its host."""
        return f"projects/-home-maya-{self.project}/{self.id}.jsonl"


def day_files(day: date, first: date, runaway: date, seed: int, totals: LogTotals) -> Iterator[tuple[str, str, str]]:
    """(host, path below its log folder, content) of every session of `day`; what they hold is added to `totals`."""
    for host, share in HOSTS.items():
        for project, part in PROJECTS.items():
            chance = random.Random(f"{seed}/{day}/{host}/{project}")  # noqa: S311 - a sample, not a secret
            count = _reply_count(chance, day, first, share * part)
            if day == runaway and host == "build-server" and project == "vision-lab":
                count *= RUNAWAY_FACTOR
            if count == 0:
                continue
            session = Session(host, project, _session_id(chance))
            lines = _lines(chance, day, session, count, totals)
            if day.toordinal() % 97 == 0 and host == "maya-laptop":
                lines.append('{"type":"assistant","message":{"id":"msg_cut')
                totals.broken_lines += 1
            yield host, session.file, "\n".join(lines) + "\n"
            if chance.random() < FORKED_SHARE:
                fork = Session(host, project, _session_id(chance))
                history = [line.replace(session.id, fork.id) for line in lines[: count // 2]]
                yield (
                    host,
                    fork.file,
                    "".join(f"{line}\n" for line in [*history, *_lines(chance, day, fork, 5, totals)]),
                )


def _session_id(chance: random.Random) -> str:
    return f"{chance.getrandbits(32):08x}-0000-4000-8000-{chance.getrandbits(48):012x}"


def pace(day: date, first: date) -> float:
    """How much is going on at the company on `day`, 1 being a working day when it began."""
    months = (day - first).days / 30.4
    typical: float = GROWTH_A_MONTH**months
    if day.weekday() >= 5:  # noqa: PLR2004 - Saturday and Sunday
        typical *= WEEKEND_SHARE
    if (day.month, day.day) in QUIET_DAYS:
        typical *= 0.1
    return typical


def _reply_count(chance: random.Random, day: date, first: date, share: float) -> int:
    typical = REPLIES_A_DAY * share * pace(day, first)
    return max(0, round(typical * chance.lognormvariate(0, 0.25)))


def _lines(chance: random.Random, day: date, session: Session, count: int, totals: LogTotals) -> list[str]:
    lines: list[str] = []
    moment = datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(minutes=chance.randrange(90))
    step = timedelta(hours=9) / count
    for _ in range(count):
        moment += step * chance.uniform(0.5, 1.4)
        usage, model = _usage(chance), _model(chance, day)
        reply_id, request_id = f"msg_{chance.getrandbits(64):016x}", f"req_{chance.getrandbits(64):016x}"
        final = usage["output_tokens"]
        nested = chance.random() < 0.12  # noqa: PLR2004 - the share of replies that sub-agents give
        for written in range(chance.choice((1, 1, 2, 3)), 0, -1):
            streamed = {**usage, "output_tokens": final if written == 1 else max(1, final // (written * 4))}
            message = {"id": reply_id, "type": "message", "role": "assistant", "model": model, "usage": streamed}
            lines.append(_line(_stamp(moment), session, request_id, message, nested=nested))
        totals.replies += 1
        totals.by_host[session.host] = totals.by_host.get(session.host, 0) + 1
        totals.input_uncached += usage["input_tokens"]
        totals.cache_read += usage["cache_read_input_tokens"]
        totals.cache_write_5m += usage["cache_creation"]["ephemeral_5m_input_tokens"]
        totals.cache_write_1h += usage["cache_creation"]["ephemeral_1h_input_tokens"]
        totals.output += final
    return lines


def _usage(chance: random.Random) -> dict[str, Any]:
    write = int(chance.lognormvariate(8.2, 0.8))
    long_lived = chance.random() < 0.4  # noqa: PLR2004 - the share of caches kept for an hour
    return {
        "input_tokens": chance.randrange(3, 400),
        "cache_creation_input_tokens": write,
        "cache_read_input_tokens": min(150_000, int(chance.lognormvariate(10.6, 0.7))),
        "cache_creation": {
            "ephemeral_5m_input_tokens": 0 if long_lived else write,
            "ephemeral_1h_input_tokens": write if long_lived else 0,
        },
        "output_tokens": int(chance.lognormvariate(6.2, 0.9)) + 1,
        "service_tier": "standard",
    }


def _model(chance: random.Random, day: date) -> str:
    launched = [(model, weight) for since, model, weight in LAUNCHES if since <= day][-MODELS_IN_USE:]
    return chance.choices([model for model, _ in launched], [weight for _, weight in launched])[0]


def _line(stamp: str, session: Session, request_id: str, message: dict[str, Any], *, nested: bool) -> str:
    outer: dict[str, Any] = {
        "sessionId": session.id,
        "cwd": f"/home/maya/{session.project}",
        "version": "2.1.0",
        "gitBranch": "main",
        "timestamp": stamp,
        "isSidechain": False,
    }
    reply = {"type": "assistant", "timestamp": stamp, "requestId": request_id, "message": message}
    wrapped = {"type": "progress", "data": {"type": "agent_progress", "message": reply}} if nested else reply
    return json.dumps({**outer, **wrapped}, separators=(",", ":"))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
