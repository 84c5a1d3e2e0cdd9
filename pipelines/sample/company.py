"""Northwind Robotics, which does not exist: its home, written from a seed and brought up to a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import orjson

from pipelines.landing.files import write_atomically
from pipelines.sample.agent_logs import HOSTS, RUNAWAY_DAYS_AGO, LogTotals, day_files
from pipelines.sample.manual_files import manual_files

SEED = 20250601
MONTHS = 18
MARKER = "sample-company.json"
LOGS = "sample-logs"

CONFIGURATION = """\
# The sample company's settings. Nothing here is real.
organisation: Northwind Robotics (sample)
currency: USD
agents:
  - {agent: claude_code, host: build-server, billing: metered}
  - {agent: claude_code, host: maya-laptop, billing: subscription}
budgets:
  - {name: everything, amount: 1400, currency: USD, period: month, scope: {}, alert_at: [70, 90, 100]}
  - {name: vision lab, amount: 450, currency: USD, period: month, scope: {project: vision-lab}, alert_at: [70, 90, 100]}
"""


@dataclass(frozen=True)
class SampleTruth:
    """What a pipeline must find in the sample home: each reply once, each entry once, to the last digit."""

    first_day: date
    last_day: date
    logs: LogTotals
    money: dict[str, Decimal]


def is_sample_home(home: Path) -> bool:
    """Whether `home` is the sample company's."""
    return (home / MARKER).exists()


def sample_log_roots(home: Path) -> list[tuple[str, Path]]:
    """(host, log folder) of each of the sample company's machines."""
    return [(host, home / LOGS / host) for host in HOSTS]


def write_sample(home: Path, today: date, seed: int = SEED) -> SampleTruth:
    """Bring the sample home up to the day before `today`, leaving what is there as it is.

    The first call decides on the first day, 18 months back; later calls add the days since.
    """
    home.mkdir(parents=True, exist_ok=True)
    marker = home / MARKER
    last = today - timedelta(days=1)
    if marker.exists():
        state = orjson.loads(marker.read_bytes())
        first, runaway = date.fromisoformat(state["first_day"]), date.fromisoformat(state["runaway_day"])
        written = date.fromisoformat(state["last_day"])
    else:
        first, runaway = _months_before(today, MONTHS), last - timedelta(days=RUNAWAY_DAYS_AGO)
        written = first - timedelta(days=1)
        # Marked before the first file: a home that was only half written is a sample home too.
        _mark(marker, first, runaway, written)
    totals = LogTotals()
    for offset in range((max(last, written) - first).days + 1):
        day = first + timedelta(days=offset)
        for host, name, content in day_files(day, first, runaway, seed, totals):
            if day > written:
                path = home / LOGS / host / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
    files, money = manual_files(first, max(last, written))
    (home / "manual").mkdir(exist_ok=True)
    for name, content in {
        **{f"manual/{name}": text for name, text in files.items()},
        "ai-costs.yaml": CONFIGURATION,
    }.items():
        if not (home / name).exists() or (home / name).read_bytes() != content.encode():
            write_atomically(home / name, content.encode())
    _mark(marker, first, runaway, max(last, written))
    return SampleTruth(first, max(last, written), totals, money)


def _mark(marker: Path, first: date, runaway: date, last: date) -> None:
    state = {"first_day": str(first), "runaway_day": str(runaway), "last_day": str(last)}
    write_atomically(marker, orjson.dumps(state, option=orjson.OPT_INDENT_2))


def _months_before(day: date, count: int) -> date:
    """The first day of the month `count` months before that of `day`."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
