"""What is in order in a home, what is not, and what to do about it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from pipelines.app.balances import ask_balances
from pipelines.app.delivery import recipients_of
from pipelines.app.effective_data import known_effective
from pipelines.app.home import Home
from pipelines.app.inputs import api_accounts, import_rules, log_roots_by_host, machine_of
from pipelines.app.published import unpriced_models
from pipelines.builds.store import warehouse_of
from pipelines.config.home_folders import GROUP_AND_OTHERS, barred, wider
from pipelines.config.recurring import effective
from pipelines.errors import CostTrackerError, EntryFileError, SourceError
from pipelines.landing import LandingStore
from pipelines.presentation.formats import plain_money
from pipelines.presentation.wording import counted, first_of
from pipelines.reading.files import shown
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework import examination, identity
from pipelines.sources.balances import balance_sources
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.reading import ParsedFile, digest_of, inbox_files, read_file
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.examination import examine_agent, unread_agents
from pipelines.sources.manual import expected
from pipelines.sources.manual.csv_entries import read_entries
from pipelines.sources.manual.files import manual_files
from pipelines.sources.outcomes import OutcomeLog
from pipelines.state import files_set_aside

LEAST_FREE_BYTES = 500_000_000
ACCOUNTS_AT_ONCE = 8
PROBLEMS_SHOWN = 10
"""Of one file; `ai-costs run` lists them all."""
LACKING = "until it is fixed, its figures may be too low"
STALE_AFTER = timedelta(hours=26)
"""A day and a little: one missed hour is nothing, a missed day is something."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. `warning`: it is in order, and the figures may lack something all the same."""

    subject: str
    found: str
    next_step: str = ""
    ok: bool = True
    warning: bool = False


def examine(home: Home) -> list[Finding]:
    """Everything worth knowing about `home` before or after a run."""
    return [
        *_folder(home),
        *_set_aside(home),
        *_modes(home),
        _configuration(home),
        *_secrets(home),
        *_accounts(home),
        *_names(home),
        *_balances(home),
        *_logs(home),
        *_manual_files(home),
        *_inbox(home),
        *_recurring(home),
        *_expected(home),
        *_landing(home),
        *_last_run(home),
        *_published(home),
        *_deliveries(home),
    ]


def _folder(home: Home) -> Iterator[Finding]:
    folder = home.settings.paths.home
    free = shutil.disk_usage(folder).free
    step = "" if free >= LEAST_FREE_BYTES else "free some space: a build needs room for a second copy"
    kind = "the sample company's" if home.is_sample else "yours"
    found = f"{folder} ({kind}), {free / 1e9:.1f} GB free"
    yield Finding("data folder", found, step, ok=free >= LEAST_FREE_BYTES)


def _modes(home: Home) -> Iterator[Finding]:
    """What others than this user may read."""
    paths = home.settings.paths
    bits = barred(paths.home)
    who = "others" if bits == GROUP_AND_OTHERS else "others than its group"
    for folder in (paths.home, *paths.parts):
        if mode := wider(folder, bits):
            name = "data folder" if folder == paths.home else f"{folder.name}/"
            step = f"`chmod {'go=' if who == 'others' else 'o='} {folder}`"
            yield Finding(name, f"{who} may look into it (mode {mode})", step, warning=True)
    for file in home.settings.env_files:
        if mode := wider(file, GROUP_AND_OTHERS):
            yield Finding(
                ".env", f"{file} has secrets and others may read it (mode {mode})", f"`chmod 600 {file}`", ok=False
            )


def _set_aside(home: Home) -> Iterator[Finding]:
    """What was damaged and rebuilt, alongside which the damaged copy still lies."""
    paths = home.settings.paths
    folders = (paths.state, paths.dagster, paths.dbt, paths.dbt / "target", paths.working.parent)
    copies = [copy.path for folder in folders for copy in files_set_aside(folder)]
    if copies:
        names = ", ".join(str(path.relative_to(paths.home)) for path in copies)
        step = "delete what you do not need; no figure depends on it"
        yield Finding("set aside", f"damaged and recreated since: {names}", step)


def _configuration(home: Home) -> Finding:
    if home.settings.config_file is None:
        return Finding("configuration", "none: the defaults apply", "`ai-costs init` writes one to edit")
    configuration = home.settings.configuration
    contents = counted(len(configuration.budgets), "budget"), counted(len(configuration.channels), "channel")
    return Finding("configuration", f"{home.settings.config_file}: {', '.join(contents)}")


def _secrets(home: Home) -> Iterator[Finding]:
    for name in home.settings.secret_names():
        present = bool(home.settings.environ.get(name))
        step = "" if present else f"put {name}=… into .env next to the configuration"
        yield Finding(f"variable {name}", "set" if present else "not set", step, ok=present)


def _accounts(home: Home) -> Iterator[Finding]:
    with api_accounts(home) as accounts, ThreadPoolExecutor(ACCOUNTS_AT_ONCE) as pool:
        asked = [
            (
                account,
                source,
                pool.submit(examination.examine, source, account, LandingStore(home.folders.landing), home.clock()),
            )
            for account in accounts
            for source in api_sources()
            if source.asks(account)
        ]
        known = {account.name for account, _, _ in asked}
        for account, source, waiting in asked:
            looked = waiting.result()
            yield Finding(f"{source.title} of {account.name}", looked.found, looked.next_step, looked.ok)
        for account in accounts:
            if account.name not in known and account.provider not in balance_sources():
                found = f"no source reads the provider {account.provider!r}"
                yield Finding(
                    f"account {account.name}", found, "check its spelling, or enter its bill manually", ok=False
                )


def _names(home: Home) -> Iterator[Finding]:
    """Accounts and hosts that are aliases of others, or not configured, unless a run has already reported it."""
    effective = known_effective(home)
    with api_accounts(home) as accounts, ThreadPoolExecutor(ACCOUNTS_AT_ONCE) as pool:
        ids = identity.account_ids(accounts, LandingStore(home.folders.landing), home.clock(), pool)
        twice = identity.same_accounts(accounts, ids)
    for (_, later), first in effective.twins.items():
        twice.setdefault(later, identity.same_account(first, later, "they have the same figures"))
    for name, sentence in twice.items():
        found, _, step = sentence.partition(". ")
        yield Finding(f"account {name}", found, step, ok=False)
    reported = {sentence for outcome in OutcomeLog(home.folders.outcomes).all() for sentence in outcome.findings}
    for feed, sentence in effective.notices.items():
        if sentence not in reported:
            found, _, step = sentence.partition(": ")
            yield Finding(f"{feed.source} of {feed.name}", found, step, warning=feed in effective.unconfigured)


def _balances(home: Home) -> Iterator[Finding]:
    for account, answer in ask_balances(home):
        if isinstance(answer, SourceError):
            yield Finding(f"balance of {account.name}", str(answer), "`ai-costs run` asks again", ok=False)
        elif answer:
            left = ", ".join(f"{balance.amount.normalize():f} {balance.currency}" for balance in answer)
            yield Finding(f"balance of {account.name}", f"{left} left, as reported by the provider")


def _logs(home: Home) -> Iterator[Finding]:
    """Each agent on this machine, read or not."""
    read = [
        (f"{agent.title} on {host}", found)
        for agent in local_agents()
        for host, roots in log_roots_by_host(home, agent).items()
        if (found := examine_agent(agent, host, roots, LandingStore(home.folders.landing))) is not None
    ]
    if not read:
        agents = ", ".join(agent.title for agent in local_agents())
        step = "set the agent's variable if its logs are elsewhere; `ai-costs init` lists them all"
        yield Finding("agent logs", f"none of {agents}", step)
    reported = {finding for outcome in OutcomeLog(home.folders.outcomes).all() for finding in outcome.findings}
    for subject, found in read:
        yield Finding(subject, found.found, found.next_step)
        for place in found.unreadable:
            yield Finding(subject, place, "give this user read access and run again", ok=False)
        for finding in found.findings:
            if finding not in reported:  # what the last run found has separate rows
                yield Finding(subject, finding, LACKING, warning=True)
    for unread in () if home.is_sample else unread_agents(machine_of(home.settings)):
        found_at = f"{unread.found}: its use is not read from this computer"
        yield Finding(f"{unread.title} on {home.settings.host}", found_at, unread.next_step, warning=True)


def _manual_files(home: Home) -> Iterator[Finding]:
    for path in manual_files(home.settings.paths.manual):
        subject = f"manual file {shown(path.name)}"
        try:
            entries = read_entries(path, home.clock().date())
        except CostTrackerError as error:
            step = "fix this; a file is imported completely or not at all"
            yield Finding(subject, str(error), step, ok=False)
        else:
            yield Finding(subject, counted(len(entries), "entry", "entries"))


def _inbox(home: Home) -> Iterator[Finding]:
    """A row for each file; those of one content are the same export twice, which is refused."""
    known: dict[str, str] = {}
    for path in inbox_files(home.settings.paths.inbox):
        subject = f"inbox file {shown(path.name)}"
        try:
            digest = digest_of(path)
            if digest in known:
                yield Finding(subject, f"it is the same file as {known[digest]}", "remove one of them", ok=False)
                continue
            known[digest] = path.name
            reading = read_file(path, import_formats(), import_rules(home))
        except EntryFileError as error:
            look = f"`ai-costs import --preview {shown(str(path))}` shows what is in it"
            step = f"fix it, export it again or remove it; {look}"
            yield Finding(subject, "\n".join(first_of(error.problems, PROBLEMS_SHOWN, of=error.count)), step, ok=False)
        else:
            yield Finding(subject, _file_summary(reading))


def _file_summary(reading: ParsedFile) -> str:
    titles = " and ".join(known.title for known in reading.formats)
    sums = [plain_money(amount, currency) for currency, amount in reading.charged.items()]
    together = f", together {' and '.join(sums)}" if sums else ", without amounts"
    return "; ".join([f"{titles}: {counted(reading.rows, 'row')}{together}", *reading.notes])


def _recurring(home: Home) -> Iterator[Finding]:
    today, costs = home.clock().date(), home.settings.configuration.recurring
    for name in dict.fromkeys(cost.name for cost in costs):
        charges = list(effective([cost for cost in costs if cost.name == name], today))
        found = "no period of it has begun"
        if charges:
            cost, period = charges[-1]
            last_day = period.end - timedelta(days=1)
            entries = counted(len(charges), "entry", "entries")
            found = f"{entries}; the newest is {cost.amount_due.normalize():f} {cost.currency} up to {last_day}"
        yield Finding(f"recurring cost {name}", found)


def _expected(home: Home) -> Iterator[Finding]:
    try:
        expectations = expected.examine(
            home.settings.configuration.expected, LandingStore(home.folders.landing), home.clock()
        )
    except CostTrackerError as error:
        yield Finding("expected entries", str(error), "put back a copy from a backup", ok=False)
        return
    for found in expectations:
        subject = f"expected entry {found.entry.name}"
        yield Finding(subject, found.message, found.next_step, ok=found.missing is None)


def _landing(home: Home) -> Iterator[Finding]:
    landing = LandingStore(home.folders.landing)
    try:
        files = landing.verify()
    except CostTrackerError as error:
        yield Finding(
            "landing", str(error), "`ai-costs landing list` shows the generations that can be restored", ok=False
        )
    else:
        rows = sum(partition.row_count for _, partition, _ in files)
        yield Finding("landing", f"{counted(len(files), 'day')}, {counted(rows, 'row')}, every hash as written")
    for found in (found for folder in landing.folders() for found in folder.history()):
        step = "put back a copy from a backup; no figure depends on it"
        yield Finding("landing", found, step, warning=True)


def _last_run(home: Home) -> Iterator[Finding]:
    """What the last run found that the figures may lack, source by source."""
    for outcome in OutcomeLog(home.folders.outcomes).all():
        for finding in outcome.findings:
            yield Finding(str(outcome.feed), finding, LACKING, warning=True)


def _published(home: Home) -> Iterator[Finding]:
    try:
        with warehouse_of(home.folders).reading() as connection:
            build_id, as_of = connection.table("main.rpt_build").project("build_id, as_of").fetchall()[0]
            unpriced = unpriced_models(connection)
    except CostTrackerError as error:
        yield Finding("published build", str(error), "`ai-costs run`", ok=False)
        return
    age = home.clock() - as_of
    step = "" if age < STALE_AFTER else "`ai-costs run`, or `ai-costs serve` to have it run by itself"
    found = f"{build_id} of {as_of:%Y-%m-%d %H:%M} UTC, {age.total_seconds() / 3600:.1f} hours old"
    yield Finding("published build", found, step, ok=age < STALE_AFTER)
    for model in unpriced:
        name = f"price of {model.model_id or 'use without a model'}"
        yield Finding(name, model.sentence, "set a price under price_overrides", warning=True)


def _deliveries(home: Home) -> Iterator[Finding]:
    """Recipients that alerts do not reach."""
    try:
        found = recipients_of(home)
    except CostTrackerError as error:
        yield Finding("alerts", str(error), "`ai-costs alerts list`", ok=False)
        return
    for recipient in found:
        states = [
            f"{count} {words}"
            for count, words in (
                (recipient.dead, "given up in the last week"),
                (recipient.failed, "to be tried again"),
                (recipient.waiting, "waiting"),
                (recipient.held, "held by limits or quiet hours"),
                (recipient.sent, "delivered"),
            )
            if count
        ]
        reason = f": {recipient.last_error}" if recipient.last_error else ""
        ok = not recipient.dead and not recipient.failed
        step = "" if ok else f"`ai-costs alerts test {recipient.channel}` shows what is wrong"
        yield Finding(f"alerts to {recipient.place}", f"{', '.join(states)}{reason}", step, ok=ok)
