"""Northwind Robotics, which does not exist: its home, written from a seed and brought up to a day.

Its logs and entries are files in the home; its accounts answer from a provider on this computer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import orjson

from pipelines.landing.files import write_atomically
from pipelines.sample.agent_logs import HOSTS, RUNAWAY_DAYS_AGO, LogTotals, day_files
from pipelines.sample.api_use import company_ledger
from pipelines.sample.cloud_bill import CloudTotals, cloud_bill
from pipelines.sample.codex_logs import HOST as CODEX_HOST
from pipelines.sample.codex_logs import CodexTotals, codex_day_files
from pipelines.sample.manual_files import manual_files
from pipelines.sample.programs import ACCOUNTS
from pipelines.sample.provider import Ledger, ScriptedProvider
from pipelines.sources.api.framework.source import ApiAccount

SEED = 20250601
MONTHS = 18
MARKER = "sample-company.json"
LOGS = "sample-logs"
CODEX = "sample-codex"
CLOUD_BILL = "inbox/northwind-aws-focus.csv"

CONFIGURATION = """\
# The sample company's settings. Nothing here is real.
organisation: Northwind Robotics (sample)
currency: USD
agents:
  - {agent: claude_code, host: build-server, billing: metered}
  - {agent: claude_code, host: maya-laptop, billing: subscription}
imports:
  files:
    - {file: northwind-aws-focus.csv, account: northwind-cloud}
budgets:
  - {name: everything, amount: 1600, currency: USD, period: month, scope: {}, alert_at: [70, 90, 100]}
  - {name: vision lab, amount: 180, currency: USD, period: month, scope: {project: vision-lab}, alert_at: [70, 90, 100]}
  - {name: groq invoices, amount: 80, currency: USD, period: month, scope: {provider: groq}, alert_at: [70, 90, 100]}
"""


@dataclass(frozen=True)
class SampleTruth:
    """What a pipeline must find in the sample home: each reply once, each entry once, to the last digit.

    `money` is of the entries; `cloud` is of the file of the cloud bill; `ledger` is what the accounts were
    charged for the days through `last_day`, of which late parts are reported from their moment on (`total(…, at=now)`).
    """

    first_day: date
    last_day: date
    logs: LogTotals
    codex: CodexTotals
    money: dict[str, Decimal]
    cloud: CloudTotals
    ledger: Ledger = field(repr=False)


def is_sample_home(home: Path) -> bool:
    """Whether `home` is the sample company's."""
    return (home / MARKER).exists()


def sample_log_roots(home: Path) -> list[tuple[str, Path]]:
    """(host, log folder) of each of the sample company's machines."""
    return [(host, home / LOGS / host) for host in HOSTS]


def sample_codex_roots(home: Path) -> list[tuple[str, Path]]:
    """(host, Codex's folder) of each of the sample company's machines that has one."""
    return [(CODEX_HOST, home / CODEX / CODEX_HOST)]


def sample_api_providers() -> set[str]:
    """The providers at which the sample company has an account."""
    return {account.provider for account in ACCOUNTS}


@contextmanager
def sample_provider(home: Path, now: datetime) -> Iterator[list[ApiAccount]]:
    """The sample company's accounts, answered by a provider on this computer until the block ends.

    Args:
        home: a sample home that `write_sample` has made.
        now: the moment for which the provider answers.

    Raises:
        FileNotFoundError: `home` is not a sample home.
    """
    state = _read(home / MARKER)
    if state is None:
        raise FileNotFoundError(f"{home} is not a sample company's home: {MARKER} is missing")
    ledger = _ledger(state, max(now.date(), state.last_day))
    with ScriptedProvider(ledger, now=lambda: now) as provider:
        yield [
            ApiAccount(
                name=account.name,
                provider=account.provider,
                key=account.key,
                base_url=provider.base_url(account.provider),
                since=state.first_day,
                organization=account.organization,
            )
            for account in ACCOUNTS
        ]


def write_sample(home: Path, today: date, seed: int = SEED) -> SampleTruth:
    """Bring the sample home up to the day before `today`, leaving what is there as it is.

    The first call decides on the seed and on the first day, 18 months back; later calls add the days since.
    """
    home.mkdir(parents=True, exist_ok=True)
    last = today - timedelta(days=1)
    state = _read(home / MARKER)
    if state is None:
        first = _months_before(today, MONTHS)
        runaway = last - timedelta(days=RUNAWAY_DAYS_AGO)
        state = _State(seed, first, runaway, first - timedelta(days=1), LogTotals(), CodexTotals())
        # Marked before the first file: a home that was only half written is a sample home too.
        _mark(home / MARKER, state)
    grown = _write_logs(home, state, last)
    last = max(last, state.last_day)
    entries, money = manual_files(state.first_day, last)
    bill, cloud = cloud_bill(state.first_day, last, state.seed)
    _write_changed(home / "ai-costs.yaml", CONFIGURATION)
    for name, content in entries.items():
        _write_changed(home / "manual" / name, content)
    _write_changed(home / CLOUD_BILL, bill)
    if last > state.last_day:
        _mark(home / MARKER, grown)
    return SampleTruth(state.first_day, last, grown.logs, grown.codex, money, cloud, _ledger(state, last))


def _write_logs(home: Path, state: _State, last: date) -> _State:
    """Add the sessions of the days after those of `state`, through `last`; give the state with them."""
    logs, codex = replace(state.logs, by_host=dict(state.logs.by_host)), replace(state.codex)
    for offset in range(1, (last - state.last_day).days + 1):
        day = state.last_day + timedelta(days=offset)
        for host, name, content in day_files(day, state.first_day, state.runaway_day, state.seed, logs):
            _write(home / LOGS / host / name, content)
        for name, content in codex_day_files(day, state.first_day, state.seed, codex):
            _write(home / CODEX / CODEX_HOST / name, content)
    return replace(state, last_day=max(last, state.last_day), logs=logs, codex=codex)


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def _ledger(state: _State, last: date) -> Ledger:
    return company_ledger(state.seed, state.first_day, last, state.runaway_day)


@dataclass(frozen=True)
class _State:
    """What the marker file remembers, so that a later day is added without making the earlier ones again."""

    seed: int
    first_day: date
    runaway_day: date
    last_day: date
    logs: LogTotals
    codex: CodexTotals


def _read(marker: Path) -> _State | None:
    if not marker.exists():
        return None
    state = orjson.loads(marker.read_bytes())
    days = {name: date.fromisoformat(state[name]) for name in ("first_day", "runaway_day", "last_day")}
    return _State(
        seed=state["seed"], logs=LogTotals(**state["logs"]), codex=CodexTotals(**state.get("codex", {})), **days
    )


def _mark(marker: Path, state: _State) -> None:
    write_atomically(marker, orjson.dumps(state, option=orjson.OPT_INDENT_2))


def _write_changed(path: Path, content: str) -> None:
    path.parent.mkdir(exist_ok=True)
    if not path.exists() or path.read_bytes() != content.encode():
        write_atomically(path, content.encode())


def _months_before(day: date, count: int) -> date:
    """The first day of the month `count` months before that of `day`."""
    months = day.year * 12 + day.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)
