"""Extracting one source for one account: ask for what is due, land it day by day, and say how it ended.

A window is replaced whole. What fails leaves the last good data in force and is an outcome, not an exception.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from pipelines.domain.periods import Window, utc_day
from pipelines.domain.records import UsageRecord, to_table
from pipelines.domain.wording import counted
from pipelines.errors import CostTrackerError, SourceError
from pipelines.landing import DayChange, LandingStore
from pipelines.sources.api.answers import AnswerError
from pipelines.sources.api.client import ApiClient, Limits, RefusedError, redact
from pipelines.sources.api.coverage import IDLE_WINDOWS, LONGEST_HISTORY, Progress, Reach, due, further_back, settled
from pipelines.sources.api.source import Answer, ApiAccount, ApiSource, Asked, Session
from pipelines.sources.outcomes import Outcome, Status

FUTURE = timedelta(hours=26)
"""A bucket that starts later than this from now is a fault: no time zone is further ahead."""

CONFIRMATIONS = 3
"""How often a day that had figures must come back empty before that is believed."""

FIELDS_SHOWN = 10

ASKED_LATELY = timedelta(minutes=30)
"""Within this, a second run leaves days alone that had all been answered."""


@dataclass
class _Run:
    source: ApiSource
    account: ApiAccount
    landing: LandingStore
    session: Session
    reach: Reach
    progress: Progress
    report: Callable[[str], None]
    account_id: str | None = None
    changes: list[DayChange] = field(default_factory=list)
    duplicates: int = 0
    left_out: int = 0


def extract(
    source: ApiSource,
    account: ApiAccount,
    landing: LandingStore,
    now: datetime,
    *,
    last_success_at: datetime | None = None,
    account_id: str | None = None,
    limits: Limits | None = None,
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
        limits: bounds on time and size.
        report: told each window as it is asked.
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
        with open_session(source, account, now, limits or Limits(), landing) as session:
            manifest = landing.manifest(feed)
            if manifest and manifest.account and account_id and manifest.account != account_id:
                raise SourceError(another_account(account.name, manifest.account, account_id))
            progress = Progress.from_cursor(manifest.cursor if manifest else {})
            run = _Run(source, account, landing, session, _reach(source, account, now), progress, report, account_id)
            lately = last_success_at is not None and now - last_success_at < ASKED_LATELY
            _ask_everything(run, only_gaps=lately)
    except CostTrackerError as error:
        if is_not_there(error, source, account, landing):
            left_out = f"{source.title} is not available to this key, so it is left out: {error}"
            return Outcome(feed, Status.OK, now, redact(left_out, account.key))
        return Outcome(feed, Status.FAILED, now, redact(_failure(error, landing, source, account), account.key))
    notes = redact("; ".join([*session.client.warnings, *session.notes, *_notes(run, progress)]), account.key)
    findings = tuple(redact(finding, account.key) for finding in [*session.findings, *_findings(run)])
    return Outcome(feed, Status.OK, now, notes or None, rejected_lines=run.left_out, findings=findings)


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
        "it was not read. If they are two accounts, put the right key back or give the new one a name of its own in "
        f"ai-costs.yaml; if it is the same one and has another id, rename it and write `was: {name}`"
    )


@contextmanager
def open_session(
    source: ApiSource, account: ApiAccount, now: datetime, limits: Limits, landing: LandingStore
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
    )

    def landed(column: str) -> frozenset[str]:
        values = landing.read(source.feed(account), columns=[column]).column(column)
        return frozenset(value for value in values.unique().to_pylist() if value is not None)

    try:
        yield Session(source, account, client, now, unknown, landed=landed)
    finally:
        client.close()


def _reach(source: ApiSource, account: ApiAccount, now: datetime) -> Reach:
    end = utc_day(now) + timedelta(days=1 if source.includes_today else 0)
    earliest = end - timedelta(days=source.history or LONGEST_HISTORY)
    if account.since is not None:
        earliest = max(account.since, earliest) if source.history else account.since
    if source.begins is not None:
        earliest = max(source.begins, earliest)
    return Reach(end, min(earliest, end), source.longest_window, source.restated_for)


def _ask_everything(run: _Run, *, only_gaps: bool) -> None:
    manifest = run.landing.manifest(run.source.feed(run.account))
    covered = set(manifest.partitions) if manifest else set()
    for window in due(run.reach, run.progress, covered, only_gaps=only_gaps):
        _ask(run, window)
    lost = [day for day in _before_reach(run) if day not in covered]
    if lost:
        run.session.findings.append(f"the provider no longer answers for {_listed(lost)}: enter their bill by hand")
    idle = 0
    while (further := further_back(run.reach, run.progress)) is not None:
        idle = 0 if _ask(run, further) else idle + 1
        at_beginning = idle >= IDLE_WINDOWS or further.start <= run.reach.earliest
        run.progress = dataclasses.replace(
            run.progress, first_day=further.start, reached_beginning=at_beginning and run.account.since is None
        )
        if at_beginning and run.account.since is None:
            break
    fields = {*run.progress.unknown_fields, *run.session.unknown_fields}
    run.progress = dataclasses.replace(settled(run.progress, run.reach), unknown_fields=tuple(sorted(fields)))
    run.landing.replace(
        run.source.feed(run.account),
        {},
        cursor=run.progress.to_cursor(),
        now=run.session.now,
        account=run.account_id,
    )


def _before_reach(run: _Run) -> list[date]:
    first = run.progress.first_day
    return list(Window(first, run.reach.earliest).days()) if first and first < run.reach.earliest else []


def _ask(run: _Run, window: Window) -> bool:
    """Ask for one window and put it in force; whether it had any row."""
    run.report(f"{run.source.title} of {run.account.name}: {window.start} to {window.end - timedelta(days=1)}")
    answer = run.source.fetch(run.session, window)
    by_day = _by_day(run, window, answer)
    kept = _without_doubtful(run, by_day)
    first_day = min(window.start, run.progress.first_day or window.start)
    run.progress = dataclasses.replace(run.progress, first_day=first_day)
    change = run.landing.replace(
        run.source.feed(run.account),
        kept,
        cursor=run.progress.to_cursor(),
        now=run.session.now,
        account=run.account_id,
    )
    run.changes += change.days
    return any(table.num_rows for table in by_day.values())


def _by_day(run: _Run, window: Window, answer: Answer) -> dict[date, pa.Table]:
    """One table per day of the window; an idle day has an empty one."""
    days: dict[date, dict[str, UsageRecord]] = {day: {} for day in window.days()}
    for record in answer.records:
        if record.period_start > run.session.now + FUTURE:
            run.left_out += 1
            continue
        if record.day not in days:
            raise AnswerError(f"a figure of {record.day} came back, which was not asked for ({window.start} on)")
        earlier = days[record.day].setdefault(record.record_key, record)
        if earlier is not record:
            if earlier != record:
                raise AnswerError(f"two different figures of {record.day} stand for the same thing: {_name(record)}")
            run.duplicates += 1
    # Where the day under way may not be answered for yet, it is asked for again; once it was, it does not go missing.
    unanswered = set(days) - set(answer.covered)
    unfinished = set()
    if run.source.may_lack_today:
        manifest = run.landing.manifest(run.source.feed(run.account))
        landed = set(manifest.partitions) if manifest else set()
        unfinished = {day for day in unanswered - landed if day >= utc_day(run.session.now)}
    missing = sorted(unanswered - unfinished)
    if missing:
        raise AnswerError(f"no answer for {_listed(missing)}: a page is missing, so nothing of this window is taken")
    return {day: to_table(records.values()) for day, records in days.items() if day not in unfinished}


def _without_doubtful(run: _Run, by_day: dict[date, pa.Table]) -> dict[date, pa.Table]:
    """`by_day` less the days that had figures and have none now, until they were confirmed to be empty."""
    manifest = run.landing.manifest(run.source.feed(run.account))
    partitions = manifest.partitions if manifest else {}
    emptied = dict(run.progress.emptied)
    kept = {}
    for day, table in by_day.items():
        had_rows = day in partitions and partitions[day].row_count > 0
        if table.num_rows or not had_rows:
            emptied.pop(day, None)
            kept[day] = table
            continue
        emptied[day] = emptied.get(day, 0) + 1
        if emptied[day] >= CONFIRMATIONS:
            del emptied[day]
            kept[day] = table
            run.session.notes.append(f"{day} is empty now, confirmed {CONFIRMATIONS} times")
        else:
            run.session.notes.append(
                f"{day} came back empty and had figures: they stay until this is confirmed "
                f"({emptied[day]} of {CONFIRMATIONS})"
            )
    run.progress = dataclasses.replace(run.progress, emptied=emptied)
    return kept


def _findings(run: _Run) -> list[str]:
    found = [f"{counted(run.left_out, 'row')} dated in the future, left out until then"] if run.left_out else []
    lacking = sorted(run.session.client.lacking.items())
    return found + [f"{path} is missing in {counted(rows, 'row')}: what it says is not known" for path, rows in lacking]


def _notes(run: _Run, before: Progress) -> list[str]:
    found = []
    new_fields = sorted(run.session.unknown_fields - set(before.unknown_fields))
    if new_fields:
        more = f" and {len(new_fields) - FIELDS_SHOWN} more" if len(new_fields) > FIELDS_SHOWN else ""
        named = ", ".join(new_fields[:FIELDS_SHOWN])
        found.append(f"fields this version does not know are kept as they are: {named}{more}")
    if run.duplicates:
        found.append(f"{counted(run.duplicates, 'row')} came twice, equal in every figure: counted once")
    restated = [change for change in run.changes if change.before and change.before.row_count]
    restated = [change for change in restated if change.day < run.reach.end - timedelta(days=1)]
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
    last = landing.manifest(source.feed(account)) if isinstance(error, SourceError) else None
    kept = f". What was landed stays, through {last.days[-1]}" if last and last.days else ""
    return f"{place}{error}{kept}"


def _name(record: UsageRecord) -> str:
    parts = (record.project, record.api_key_id, record.model_raw, record.meter, record.line_item)
    return " / ".join(part for part in parts if part) or record.source


def _listed(days: list[date]) -> str:
    return str(days[0]) if len(days) == 1 else f"{len(days)} days from {days[0]}"
