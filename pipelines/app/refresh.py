"""Running each source against a home, and saying how it ended, feed by feed.

A source's failure is an outcome, not an exception: what it landed before stays in effect, and the others go on.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

from pipelines.app.account_names import refresh_names, with_notes
from pipelines.app.account_outcomes import (
    no_longer_asked,
    no_longer_imported,
    refused_twin,
    with_hosts,
    with_twins,
)
from pipelines.app.effective_data import known_effective
from pipelines.app.home import Home
from pipelines.app.inputs import api_accounts, asks_accounts, import_rules, log_roots_by_host
from pipelines.config import Settings
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import CostTrackerError, EntryFileError
from pipelines.landing import Feed, LandingStore
from pipelines.presentation.wording import first_of
from pipelines.rates import rates_of
from pipelines.rates.stored import DamagedCopyError
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework import extraction as api_extraction
from pipelines.sources.api.framework import identity
from pipelines.sources.api.framework.reachability import Reachability
from pipelines.sources.api.framework.source import ApiAccount, ApiSource
from pipelines.sources.balances import balance_sources
from pipelines.sources.imports.framework import extraction as import_extraction
from pipelines.sources.imports.framework.inbox import TAKES_BACK
from pipelines.sources.imports.framework.reading import ParsedFile
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework import extraction as log_extraction
from pipelines.sources.local.framework.agent import LocalAgent
from pipelines.sources.manual import expected, folder, recurring
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status

PROBLEMS_SHOWN = 20
RATES = "exchange_rates"
"""The source under which failures of exchange rates are reported."""

API_EXPECTED_HOURS = 26
"""An account that was not read for a day and a little is late."""

OFFLINE = "no provider can be reached, so this computer seems to be offline"

MAX_CONCURRENT = 8
"""Accounts' sources that are asked at the same time: their time is the providers', not this computer's."""


def extract_agent_logs(home: Home, progress: Callable[[str], None]) -> list[Outcome]:
    """Land every coding agent's logs, one feed per agent and host; an agent without a log file has no feed."""
    landing = LandingStore(home.folders.landing)
    landed = set(landing.feeds())
    outcomes = [
        outcome for agent in local_agents() for outcome in _agent_outcomes(home, landing, agent, landed, progress)
    ]
    outcomes = with_hosts(outcomes, known_effective(home), home.clock())
    OutcomeLog(home.folders.outcomes).record(outcomes, replacing=lambda feed: feed.source_kind is SourceKind.LOCAL)
    return outcomes


def _agent_outcomes(
    home: Home, landing: LandingStore, agent: LocalAgent, landed: set[Feed], progress: Callable[[str], None]
) -> list[Outcome]:
    outcomes = []
    for host, roots in log_roots_by_host(home, agent).items():
        feed = agent.feed(host)
        now = home.clock()
        try:
            extraction = log_extraction.extract(agent, roots, host, landing, now, progress=progress)
        except CostTrackerError as error:
            outcomes.append(Outcome(feed, Status.FAILED, now, str(error)))
            continue
        if extraction.files_found or extraction.unreadable or extraction.findings or feed in landed:
            outcomes.append(
                Outcome(
                    feed,
                    extraction.status,
                    now,
                    extraction.message,
                    rejected_lines=extraction.broken_lines,
                    findings=extraction.findings,
                )
            )
    return outcomes


def extract_manual_entries(home: Home, progress: Callable[[str], None] = lambda _: None) -> list[Outcome]:
    """Land the entry files, one feed each, and what recurs as the configuration says, one feed for each name."""
    landing, now = LandingStore(home.folders.landing), home.clock()
    outcomes = _recurring_outcomes(home.settings, landing, now)
    for result in folder.extract(home.folders.manual, landing, now, progress):
        if result.withdrawn:
            message = "the file was removed, and its entries with it"
            outcomes.append(Outcome(result.feed, Status.OK, now, message))
        elif result.problems:
            stays_note = _stays_note(result.entries)
            message = f"rejected{stays_note}:\n{_shown(result.problems, result.problem_count)}"
            outcomes.append(Outcome(result.feed, Status.REFUSED, now, message, rejected_lines=result.problem_count))
        else:
            outcomes.append(Outcome(result.feed, Status.OK, now, findings=result.findings))
    OutcomeLog(home.folders.outcomes).record(outcomes, replacing=_is_of_entries)
    return outcomes


def _recurring_outcomes(settings: Settings, landing: LandingStore, now: datetime) -> list[Outcome]:
    """A configuration that is not found is not a decision to withdraw anything."""
    file = settings.config_file
    if file is None:
        return []
    withdrawn = f"it was taken out of {file.name}, and its entries with it"
    return [
        Outcome(result.feed, Status.OK, now, withdrawn if result.withdrawn else None)
        for result in recurring.extract(settings.configuration.recurring, landing, now, file.name)
    ]


def look_for_expected_entries(home: Home) -> list[Outcome]:
    """An outcome for each expected entry that is not there yet; manual entries and imports are landed before."""
    landing, now = LandingStore(home.folders.landing), home.clock()
    outcomes = [
        Outcome(expectation.feed, Status.MISSING, now, f"{expectation.message}. {expectation.next_step}")
        for expectation in expected.examine(home.settings.configuration.expected, landing, now)
        if expectation.missing is not None
    ]
    OutcomeLog(home.folders.outcomes).record(outcomes, replacing=lambda feed: feed.source == expected.SOURCE)
    return outcomes


def _is_of_entries(feed: Feed) -> bool:
    """Whether people enter what the feed has; that they have not entered it yet is another source's to say."""
    return feed.source_kind is SourceKind.MANUAL and feed.source != expected.SOURCE


def extract_imported_files(home: Home, read: Mapping[str, ParsedFile] | None = None) -> list[Outcome]:
    """Land the files of the inbox, one feed per format and account; a file nobody knows is a feed of its name.

    `read` is what was just read of files, by their sha256.
    """
    landing, log, now = LandingStore(home.folders.landing), OutcomeLog(home.folders.outcomes), home.clock()
    refused: dict[Feed, list[str]] = {}
    notes: dict[Feed, list[str]] = {}
    findings: dict[Feed, list[str]] = {}
    problems: Counter[Feed] = Counter()
    for result in import_extraction.extract(home.folders.inbox, landing, import_rules(home), now, read):
        for feed in result.feeds:
            notes.setdefault(feed, [])
            if feed in result.notes:
                notes[feed].append(f"{result.name}: {result.notes[feed]}")
            found = [f"{result.name}: {finding}" for finding in result.findings.get(feed, ())]
            findings.setdefault(feed, []).extend(found)
            if result.problems:
                stays = f"its last good version stays in effect; {TAKES_BACK.format(result.name)}"
                stays_note = f"; {stays}" if result.is_effective else ""
                text = f"{result.name} was rejected{stays_note}:\n{_shown(result.problems)}"
                refused.setdefault(feed, []).append(text)
                problems[feed] += len(result.problems)
    outcomes = []
    for feed, remarks in notes.items():
        status = Status.REFUSED if feed in refused else Status.OK
        message = "\n".join([*refused.get(feed, []), *remarks]) or None
        outcomes.append(
            Outcome(feed, status, now, message, rejected_lines=problems[feed], findings=tuple(findings[feed]))
        )
    outcomes += no_longer_imported(landing, known_effective(home), log.all(), notes)
    log.record(outcomes, replacing=lambda feed: feed.source_kind is SourceKind.IMPORT)
    return outcomes


def extract_exchange_rates(home: Home) -> list[Outcome]:
    """Take new exchange rates; an outcome for each source of them that failed: its last good rates stay in effect."""
    now, currency = home.clock(), home.settings.configuration.currency
    outcomes = []
    for name, error in rates_of(home.settings).refresh(now, currency, uses_network=home.uses_network):
        feed = Feed(SourceKind.RATES, RATES, name)
        if isinstance(error, EntryFileError):
            shown = _shown(error.problems, error.count)
            text = f"rejected; its last good version stays in effect:\n{shown}"
            outcomes.append(Outcome(feed, Status.REFUSED, now, text, rejected_lines=error.count))
        else:
            stays_note = "" if isinstance(error, DamagedCopyError) else "; what was fetched before stays in effect"
            outcomes.append(Outcome(feed, Status.FAILED, now, f"{error}{stays_note}"))
    OutcomeLog(home.folders.outcomes).record(outcomes, replacing=lambda feed: feed.source_kind is SourceKind.RATES)
    return outcomes


def _stays_note(entries: int) -> str:
    if entries == 0:
        return ""
    which = "entry of its last good version stays" if entries == 1 else "entries of its last good version stay"
    return f"; the {entries} {which} in effect"


def _shown(problems: Sequence[str], count: int | None = None) -> str:
    return "\n".join(first_of(problems, PROBLEMS_SHOWN, of=count))


def extract_api_accounts(home: Home, progress: Callable[[str], None]) -> list[Outcome]:
    """Land what every configured account has, several at once; one that fails stops no other.

    Bills come first, because their first day says how far back use is looked for. Without a network nobody is asked.
    """
    if not asks_accounts(home):
        return []
    landing, log, now = LandingStore(home.folders.landing), OutcomeLog(home.folders.outcomes), home.clock()
    network = Reachability()
    last = {outcome.feed: outcome.last_success_at for outcome in log.all()}

    def ask(source: ApiSource, account: ApiAccount) -> Outcome:
        feed = source.feed(account)
        try:
            outcome = api_extraction.extract(
                source,
                account,
                landing,
                now,
                last_success_at=last.get(feed),
                account_id=ids.get(account.name),
                again_from=home.again_from,
                network=network,
                report=progress,
            )
        except Exception as error:  # noqa: BLE001 - what one answer breaks here must not stop the other accounts
            outcome = Outcome(feed, Status.FAILED, now, _unforeseen(error))
        return replace(outcome, expected_every_hours=API_EXPECTED_HOURS)

    with api_accounts(home) as accounts, ThreadPoolExecutor(MAX_CONCURRENT, "api") as pool:
        ids = identity.account_ids(accounts, landing, now, pool, network=network)
        twice = identity.same_accounts(accounts, ids)
        pairs = [(source, account) for account in accounts for source in api_sources() if source.asks(account)]
        wanted = [(source, account) for source, account in pairs if account.name not in twice]
        outcomes = []
        for phase in (False, True):
            asked = [pool.submit(ask, *pair) for pair in wanted if (pair[0].bill is not None) is phase]
            outcomes += [future.result() for future in asked]
        notes = refresh_names(
            landing, [account for account in accounts if account.name not in twice], now, network=network, pool=pool
        )
        outcomes = with_notes(outcomes, notes)
        refused = [source.feed(account) for source, account in pairs if account.name in twice]
        outcomes += [refused_twin(landing, feed, ids, twice[feed.name], now) for feed in refused]
        outcomes += [_without_source(account, now) for account in accounts if not _is_known(account)]
    if network.is_offline:
        progress(f"{OFFLINE}: landed data is unchanged, and sources on this computer are read")
        outcomes = [_offline(outcome) for outcome in outcomes]
    effective = known_effective(home)
    outcomes = with_twins(outcomes, effective)
    outcomes += no_longer_asked(landing, effective, {outcome.feed for outcome in outcomes})
    log.record(outcomes, replacing=lambda feed: feed.source_kind is SourceKind.API)
    return outcomes


def _offline(outcome: Outcome) -> Outcome:
    return replace(outcome, message=f"{OFFLINE}: {outcome.message}") if outcome.status is Status.FAILED else outcome


def _unforeseen(error: Exception) -> str:
    """What broke and where, without the error's text: that may quote an answer."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"this version cannot handle the response ({type(error).__name__} in {Path(place.filename).name}:"
        f"{place.lineno}): please report this; landed data is unchanged"
    )


def _is_known(account: ApiAccount) -> bool:
    return account.provider in balance_sources() or any(source.provider == account.provider for source in api_sources())


def _without_source(account: ApiAccount, now: datetime) -> Outcome:
    known = sorted({source.provider for source in api_sources()})
    guess = get_close_matches(account.provider, known, 1)
    hint = f"did you mean {guess[0]}?" if guess else f"known are {', '.join(known)}; enter other bills manually"
    message = f"account {account.name!r}: no source reads the provider {account.provider!r}: {hint}"
    return Outcome(Feed(SourceKind.API, account.provider, account.name), Status.FAILED, now, message)
