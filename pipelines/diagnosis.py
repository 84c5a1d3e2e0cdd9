"""What is in order in a home, what is not, and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from pipelines.config.recurring import in_force
from pipelines.errors import CostTrackerError
from pipelines.home import Home
from pipelines.sources.api import api_sources, examination
from pipelines.sources.local import local_agents, log_files
from pipelines.sources.manual import expected
from pipelines.sources.manual.csv_entries import read_entries

LEAST_FREE_BYTES = 500_000_000
ACCOUNTS_AT_ONCE = 8
STALE_AFTER = timedelta(hours=26)
"""A day and a little: one missed hour is nothing, a missed day is something."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    found: str
    next_step: str = ""
    ok: bool = True


def examine(home: Home) -> list[Finding]:
    """Everything worth knowing about `home` before or after a run."""
    return [
        *_folder(home),
        _configuration(home),
        *_secrets(home),
        *_accounts(home),
        *_logs(home),
        *_manual_files(home),
        *_recurring(home),
        *_expected(home),
        _landing(home),
        _published(home),
    ]


def _folder(home: Home) -> Iterator[Finding]:
    folder = home.settings.paths.home
    free = shutil.disk_usage(folder).free
    step = "" if free >= LEAST_FREE_BYTES else "free some space: a build needs room for a second copy"
    kind = "the sample company's" if home.is_sample else "yours"
    found = f"{folder} ({kind}), {free / 1e9:.1f} GB free"
    yield Finding("data folder", found, step, ok=free >= LEAST_FREE_BYTES)


def _configuration(home: Home) -> Finding:
    if home.settings.config_file is None:
        return Finding("configuration", "none: the defaults hold", "`ai-costs init` writes one to edit")
    configuration = home.settings.configuration
    found = f"{home.settings.config_file}: {len(configuration.budgets)} budgets, {len(configuration.channels)} channels"
    return Finding("configuration", found)


def _secrets(home: Home) -> Iterator[Finding]:
    for name in home.settings.secret_names():
        present = bool(home.settings.environ.get(name))
        step = "" if present else f"put {name}=… into .env beside the configuration"
        yield Finding(f"variable {name}", "set" if present else "not set", step, ok=present)


def _accounts(home: Home) -> Iterator[Finding]:
    with home.api_accounts() as accounts, ThreadPoolExecutor(ACCOUNTS_AT_ONCE) as pool:
        asked = [
            (account, source, pool.submit(examination.examine, source, account, home.landing, home.clock()))
            for account in accounts
            for source in api_sources()
            if source.provider == account.provider
        ]
        known = {account.name for account, _, _ in asked}
        for account, source, waiting in asked:
            looked = waiting.result()
            yield Finding(f"{source.title} of {account.name}", looked.found, looked.next_step, looked.ok)
        for account in accounts:
            if account.name not in known:
                found = f"no source reads the provider {account.provider!r}"
                yield Finding(
                    f"account {account.name}", found, "check its spelling, or enter its bill by hand", ok=False
                )


def _logs(home: Home) -> Iterator[Finding]:
    searched = [(agent, host, root) for agent in local_agents() for host, root in home.log_roots(agent)]
    nothing = True
    for agent, host, root in searched:
        files = log_files.find([root], agent.places).files
        if files:
            nothing = False
            size = sum(file.size for file in files)
            yield Finding(f"{agent.title} on {host}", f"{root}: {len(files):,} files, {size / 1e6:,.0f} MB")
    if nothing:
        agents = ", ".join(dict.fromkeys(agent.title for agent, _, _ in searched))
        step = "set the agent's own variable if it keeps them elsewhere; `ai-costs init` writes them all"
        yield Finding("agent logs", f"none of {agents}", step)


def _manual_files(home: Home) -> Iterator[Finding]:
    for path in sorted(home.settings.paths.manual.glob("*.csv")):
        try:
            entries = read_entries(path, home.clock().date())
        except CostTrackerError as error:
            step = "mend these lines; the file is taken whole"
            yield Finding(f"manual file {path.name}", str(error), step, ok=False)
        else:
            yield Finding(f"manual file {path.name}", _entries(len(entries)))


def _entries(count: int) -> str:
    return "1 entry" if count == 1 else f"{count:,} entries"


def _recurring(home: Home) -> Iterator[Finding]:
    today, costs = home.clock().date(), home.settings.configuration.recurring
    for name in dict.fromkeys(cost.name for cost in costs):
        owed = list(in_force([cost for cost in costs if cost.name == name], today))
        found = "no period of it has begun"
        if owed:
            cost, period = owed[-1]
            last_day = period.end - timedelta(days=1)
            found = f"{_entries(len(owed))}; the newest is {cost.owed.normalize():f} {cost.currency} up to {last_day}"
        yield Finding(f"recurring cost {name}", found)


def _expected(home: Home) -> Iterator[Finding]:
    try:
        expectations = expected.examine(home.settings.configuration.expected, home.landing, home.clock())
    except CostTrackerError as error:
        yield Finding("expected entries", str(error), "put back a copy from a backup", ok=False)
        return
    for found in expectations:
        subject = f"expected entry {found.entry.name}"
        yield Finding(subject, found.message, found.next_step, ok=found.missing is None)


def _landing(home: Home) -> Finding:
    try:
        files = home.landing.verify()
    except CostTrackerError as error:
        return Finding("landing", str(error), "put back a copy from a backup", ok=False)
    rows = sum(partition.row_count for _, partition, _ in files)
    return Finding("landing", f"{len(files):,} days, {rows:,} rows, every hash as written")


def _published(home: Home) -> Finding:
    try:
        with home.warehouse.reading() as connection:
            build_id, as_of = connection.table("main.rpt_build").project("build_id, as_of").fetchall()[0]
    except CostTrackerError as error:
        return Finding("published build", str(error), "`ai-costs run`", ok=False)
    age = home.clock() - as_of
    step = "" if age < STALE_AFTER else "`ai-costs run`, or `ai-costs serve` to have it run by itself"
    found = f"{build_id} of {as_of:%Y-%m-%d %H:%M} UTC, {age.total_seconds() / 3600:.1f} hours old"
    return Finding("published build", found, step, ok=age < STALE_AFTER)
