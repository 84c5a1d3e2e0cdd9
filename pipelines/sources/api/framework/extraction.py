"""Extracting one source for one account, and saying how it ended.

What fails leaves the last good data in effect and is an outcome, not an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal

from pipelines.errors import CostTrackerError, SourceError
from pipelines.landing import DayChange, LandingStore
from pipelines.presentation.messages import UNCHANGED
from pipelines.presentation.wording import counted
from pipelines.sources.api.framework.accepting import listed
from pipelines.sources.api.framework.answers import AnswerError
from pipelines.sources.api.framework.client import (
    ApiClient,
    KeyRefusedError,
    Limits,
    RefusedError,
    UnusableKeyError,
    redact,
)
from pipelines.sources.api.framework.coverage import Progress
from pipelines.sources.api.framework.fetching import FetchState, fetch_everything, reach_of
from pipelines.sources.api.framework.reachability import Reachability
from pipelines.sources.api.framework.source import ApiAccount, ApiSource, Asked, Session
from pipelines.sources.outcomes import POSITION_LOST, Outcome, Status

FIELDS_SHOWN = 10

ASKED_LATELY = timedelta(minutes=30)
"""Within this, a second run leaves days alone that had all been answered."""


def extract(
    source: ApiSource,
    account: ApiAccount,
    landing: LandingStore,
    now: datetime,
    *,
    last_success_at: datetime | None = None,
    account_id: str | None = None,
    again_from: date | None = None,
    limits: Limits | None = None,
    network: Reachability | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Land what `account` has at `source` and landing lacks, or may have changed.

    Args:
        source: what to ask.
        account: whose figures.
        landing: where days are replaced.
        now: the moment of asking, UTC.
        last_success_at: when this last ended well; shortly after, only gaps and the last two days are asked.
        account_id: what the provider calls the account, where it says so; another one than landed before is refused.
        again_from: everything from this day on is asked for again.
        limits: bounds on time and size.
        network: what the sources of this run know of the network.
        report: called with each window that is requested.
    """
    feed = source.feed(account)
    if source.needs_organization and not account.organization:
        lacking = f"account {account.name!r} needs `organization:` in ai-costs.yaml: {source.needs_organization}"
        return Outcome(feed, Status.FAILED, now, lacking)
    if not account.key:
        lacking = (
            f"{account.key_variable} is not set. {source.key.advice}, and put `{account.key_variable}=…` into .env"
        )
        return Outcome(feed, Status.FAILED, now, lacking)
    try:
        with open_session(source, account, now, limits or Limits(), landing, network=network) as session:
            manifest = landing.manifest(feed)
            if manifest and manifest.account and account_id and manifest.account != account_id:
                raise SourceError(another_account(account.name, manifest.account, account_id))
            progress = Progress.from_cursor(manifest.cursor if manifest else {})
            reach = reach_of(source, account, now, again_from)
            if manifest and manifest.cursor_is_lost:
                session.notes.append(POSITION_LOST)
            fetch_state = FetchState(source, account, landing, session, manifest, reach, progress, report, account_id)
            lately = last_success_at is not None and now - last_success_at < ASKED_LATELY
            fetch_everything(fetch_state, only_gaps=lately and again_from is None)
    except CostTrackerError as error:
        if is_not_there(error, source, account, landing):
            left_out = f"{source.title} is not available to this key, so it is left out: {error}"
            return Outcome(feed, Status.OK, now, redact(left_out, account.key))
        return Outcome(feed, Status.FAILED, now, redact(_failure(error, landing, source, account), account.key))
    return _outcome(fetch_state, progress)


def _outcome(fetch_state: FetchState, before: Progress) -> Outcome:
    source, account, session = fetch_state.source, fetch_state.account, fetch_state.session
    status, detail = Status.OK, [*session.client.warnings, *session.notes, *_notes(fetch_state, before)]
    if fetch_state.refusals:
        status = Status.FAILED
        failure = _failure(next(iter(fetch_state.refusals.values())), fetch_state.landing, source, account)
        detail.insert(
            0, f"{failure}. Nothing landed of {listed(sorted(fetch_state.refusals))}; the next run fetches them again"
        )
    findings = tuple(redact(finding, account.key) for finding in [*session.findings, *_findings(fetch_state)])
    message = redact("; ".join(detail), account.key) or None
    return Outcome(source.feed(account), status, session.now, message, fetch_state.left_out, findings=findings)


def is_not_there(error: CostTrackerError, source: ApiSource, account: ApiAccount, landing: LandingStore) -> bool:
    """Whether `error` says that the account lacks what not every account has, and that never gave anything."""
    if source.asked(account) is not Asked.WHERE_THERE or not isinstance(error, RefusedError):
        return False
    manifest = landing.manifest(source.feed(account))
    return manifest is None or not manifest.days


def another_account(name: str, landed: str, now: str) -> str:
    """The sentence on an account whose key belongs to somebody else than what landed under its name."""
    return (
        f"the key of {name!r} is of {now} now, and what was read under this name is of {landed}: nothing is mixed, so "
        "it was not read. If they are two accounts, put the right key back or give the new one a different name in "
        f"ai-costs.yaml; if it is the same one and has another id, rename it and write `was: {name}`"
    )


@contextmanager
def open_session(
    source: ApiSource,
    account: ApiAccount,
    now: datetime,
    limits: Limits,
    landing: LandingStore,
    *,
    network: Reachability | None = None,
) -> Iterator[Session]:
    """A connection to `account`, closed at the end of the block.

    Raises:
        SourceError: its key or its base_url cannot be used.
    """
    unknown: set[str] = set()
    client = ApiClient(
        account.base_url or source.base_url,
        source.headers(account.key),
        secret=account.key,
        key_advice=source.key.advice,
        unknown=unknown,
        limits=limits,
        answers=source.answers,
        network=network,
    )

    def landed(column: str) -> frozenset[str]:
        values = landing.read(source.feed(account), columns=[column]).column(column)
        return frozenset(value for value in values.unique().to_pylist() if value is not None)

    try:
        yield Session(source, account, client, now, unknown, landed=landed)
    finally:
        client.close()


def _findings(fetch_state: FetchState) -> list[str]:
    found = (
        [f"{counted(fetch_state.left_out, 'row')} dated in the future, left out until then"]
        if fetch_state.left_out
        else []
    )
    lacking = sorted(fetch_state.session.client.lacking.items())
    return found + [f"{path} is missing in {counted(rows, 'row')}: its value is unknown" for path, rows in lacking]


def _notes(fetch_state: FetchState, before: Progress) -> list[str]:
    found = []
    new_fields = sorted(fetch_state.session.unknown_fields - set(before.unknown_fields))
    if new_fields:
        more = f" and {len(new_fields) - FIELDS_SHOWN} more" if len(new_fields) > FIELDS_SHOWN else ""
        named = ", ".join(new_fields[:FIELDS_SHOWN])
        found.append(f"unknown fields are stored unchanged: {named}{more}")
    if fetch_state.duplicates:
        found.append(f"{counted(fetch_state.duplicates, 'row')} appeared twice, equal in every figure: counted once")
    restated = [change for change in fetch_state.changes if change.before and change.before.row_count]
    restated = [change for change in restated if change.day < fetch_state.reach.end - timedelta(days=1)]
    found += [f"{change.day} was restated{_difference(change)}" for change in restated[:3]]
    if len(restated) > 3:  # noqa: PLR2004 - the three above
        found.append(f"and {counted(len(restated) - 3, 'more day')} restated")
    return found


def _difference(change: DayChange) -> str:
    before = change.before.amounts if change.before else {}
    after = change.after.amounts if change.after else {}
    parts = []
    for currency in sorted({*before, *after}):
        difference = after.get(currency, Decimal(0)) - before.get(currency, Decimal(0))
        if difference:
            parts.append(f"{difference.normalize():+f} {currency}")
    if parts:
        return f" by {' and '.join(parts)}"
    counts = [partition.counts if partition else {} for partition in (change.before, change.after)]
    return " in its counts" if counts[0] != counts[1] else " in its details, not in its sums"


def _failure(error: CostTrackerError, landing: LandingStore, source: ApiSource, account: ApiAccount) -> str:
    place = f"the answer of {source.title}: " if isinstance(error, AnswerError) else ""
    is_of_the_key = isinstance(error, KeyRefusedError | UnusableKeyError)
    variable = f"; put it into .env as {account.key_variable}" if is_of_the_key else ""
    last = landing.manifest(source.feed(account)) if isinstance(error, SourceError) else None
    stays_note = f". {UNCHANGED} {last.days[-1]}" if last and last.days else ""
    return f"{place}{error}{variable}{stays_note}"
