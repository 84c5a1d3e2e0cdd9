"""Asking a source for everything that is due and landing it, window by window.

A window is replaced whole. One whose answer cannot be taken is asked for in parts, so that a single row leaves no more
than its day as it was. Belongs here: the order of questions. Does not: which days are due (coverage.py), what in an
answer is taken (accepting.py), or the outcome (extraction.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http import HTTPStatus

import pyarrow as pa

from pipelines.domain.periods import Window, utc_day
from pipelines.landing import DayChange, LandingStore, Manifest
from pipelines.presentation.messages import ASKED_AGAIN
from pipelines.sources.api.framework.accepting import CONFIRMATIONS, Doubts, by_day, doubts, listed
from pipelines.sources.api.framework.answers import RowError
from pipelines.sources.api.framework.client import RefusedError
from pipelines.sources.api.framework.coverage import FIRST_DAY, Progress, Reach, due, further_back, settled
from pipelines.sources.api.framework.source import ApiAccount, ApiSource, Session

FRUITLESS_SPLITS = 3
"""Windows of which both halves were refused too, in one run: then no single row is at fault, and asking on is vain."""

OUT_OF_REACH = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY})
"""How providers refuse days that are older than what they answer for."""


@dataclass
class FetchState:
    """One extraction of one source: how far it has come, and what it met.

    `manifest`: what is in effect now, read once, because nobody else lands this feed meanwhile. `account_id`: what the
    provider calls the account. `changes`: what was landed. `refusals`: days that are left as they were, and why.
    `splits_left`: see `FRUITLESS_SPLITS`.
    """

    source: ApiSource
    account: ApiAccount
    landing: LandingStore
    session: Session
    manifest: Manifest | None
    reach: Reach
    progress: Progress
    report: Callable[[str], None]
    account_id: str | None = None
    changes: list[DayChange] = field(default_factory=list)
    refusals: dict[date, RowError] = field(default_factory=dict)
    splits_left: int = FRUITLESS_SPLITS
    duplicates: int = 0
    left_out: int = 0

    def refuse(self, day: date, why: RowError) -> None:
        """Leave `day` as it was; it is asked for again by the next run."""
        self.refusals[day] = why
        first_day = min(day, self.progress.first_day or day)
        self.progress = dataclasses.replace(self.progress, first_day=first_day, refused=self.progress.refused | {day})


def reach_of(source: ApiSource, account: ApiAccount, now: datetime, again_from: date | None) -> Reach:
    """What `source` can be asked for; `again_from` as `extract` takes it."""
    end = utc_day(now) + timedelta(days=1 if source.includes_today else 0)
    answered_from = source.begins or FIRST_DAY
    if source.history is not None:
        answered_from = max(answered_from, end - timedelta(days=source.history))
    earliest = answered_from
    if account.since is not None:
        is_bounded = source.history is not None or source.begins is not None
        earliest = max(account.since, answered_from) if is_bounded else account.since
    return Reach(
        end=end,
        earliest=min(earliest, end),
        longest_window=source.longest_window,
        restated_for=source.restated_for,
        page_days=source.page_days,
        is_given=account.since is not None,
        again_from=again_from,
    )


def _bill_began(fetch_state: FetchState) -> date | None:
    """The first day of the account's bill, once its source has found it."""
    bill = fetch_state.source.bill
    manifest = bill and fetch_state.landing.manifest(
        dataclasses.replace(fetch_state.source.feed(fetch_state.account), source=bill)
    )
    return Progress.from_cursor(manifest.cursor).began if manifest else None


def fetch_everything(fetch_state: FetchState, *, only_gaps: bool) -> None:
    """Ask for what is due and for older days until their beginning, and land it.

    Raises:
        SourceError: a window could not be had; those before it are in effect.
    """
    manifest = fetch_state.manifest
    covered = set(manifest.partitions) if manifest else set()
    for window in due(fetch_state.reach, fetch_state.progress, covered, only_gaps=only_gaps):
        _fetch(fetch_state, window)
    _report_lost_days(fetch_state, covered)
    _walk_back(fetch_state)
    fields = {*fetch_state.progress.unknown_fields, *fetch_state.session.unknown_fields}
    if not only_gaps:
        fetch_state.progress = settled(fetch_state.progress, fetch_state.reach)
    fetch_state.progress = dataclasses.replace(fetch_state.progress, unknown_fields=tuple(sorted(fields)))
    _land(fetch_state, {})


def _walk_back(fetch_state: FetchState) -> None:
    """Ask for older and older days until the beginning of the figures, or of what the provider answers for."""
    bill_began = _bill_began(fetch_state)
    while (
        further := further_back(fetch_state.reach, fetch_state.progress, _first_figures(fetch_state), bill_began)
    ) is not None:
        try:
            _fetch(fetch_state, further)
        except RefusedError as error:
            if error.status not in OUT_OF_REACH or fetch_state.progress.first_day is None:
                raise
            fetch_state.progress = dataclasses.replace(fetch_state.progress, refused_before=further.end)
    began = None if fetch_state.reach.is_given else _first_figures(fetch_state)
    fetch_state.progress = dataclasses.replace(fetch_state.progress, began=began)
    first = fetch_state.progress.first_day
    if first is not None and fetch_state.progress.refused_before == first and fetch_state.reach.earliest < first:
        fetch_state.session.findings.append(
            f"the provider refuses days before {first}: if anything was used then, enter its bill manually; "
            f"`since: {first}` in ai-costs.yaml if there was no usage"
        )


def _first_figures(fetch_state: FetchState) -> date | None:
    manifest = fetch_state.manifest
    partitions = manifest.partitions if manifest else {}
    return min(
        [day for day, part in partitions.items() if part.row_count] + list(fetch_state.progress.refused), default=None
    )


def _report_lost_days(fetch_state: FetchState, covered: set[date]) -> None:
    """Say of missed days, and of days to be asked for again, which the provider or `since` leaves out."""
    since, again_from = fetch_state.account.since, fetch_state.reach.again_from
    if since is not None and again_from is not None and again_from < since:
        fetch_state.session.notes.append(f"`since: {since}` applies: earlier days were not fetched again")
    if fetch_state.source.history is None:
        return
    answered_from = fetch_state.reach.end - timedelta(days=fetch_state.source.history)
    first = max(fetch_state.progress.first_day or answered_from, fetch_state.account.since or FIRST_DAY)
    lost = [day for day in Window(min(first, answered_from), answered_from).days() if day not in covered]
    if lost:
        fetch_state.session.findings.append(
            f"the provider no longer answers for {listed(lost)}: enter their bill manually; "
            f"`since: {answered_from}` in ai-costs.yaml after that"
        )
    if fetch_state.reach.again_from is not None and fetch_state.reach.again_from < answered_from:
        fetch_state.session.notes.append(
            f"the provider answers from {answered_from} on: landed data of earlier days is unchanged"
        )


def _fetch(fetch_state: FetchState, window: Window) -> None:
    """Ask for a window and put it in effect; where a row of the answer cannot be read, for its parts."""
    try:
        _fetch_window(fetch_state, window)
    except RowError as error:
        _fetch_parts(fetch_state, window, error)


def _fetch_parts(fetch_state: FetchState, window: Window, why: RowError) -> None:
    """Ask for the halves of a window of which a row cannot be read, so that only that row's day is left out.

    Raises:
        RowError: nothing of several days can be taken, so no single row is at fault.
    """
    days = list(window.days())
    if len(days) == 1:
        fetch_state.refuse(days[0], why)
        return
    middle = days[len(days) // 2]
    refused: list[tuple[Window, RowError]] = []
    halves = (Window(middle, window.end), Window(window.start, middle))
    for half in halves:
        try:
            _fetch_window(fetch_state, half)
        except RowError as error:
            refused.append((half, error))
    if len(refused) == len(halves):
        fetch_state.splits_left -= 1
        if fetch_state.splits_left == 0:
            raise why
    for half, reason in refused:
        _fetch_parts(fetch_state, half, reason)
    if fetch_state.refusals.keys() >= set(days):
        raise why


def _fetch_window(fetch_state: FetchState, window: Window) -> None:
    fetch_state.report(
        f"{fetch_state.source.title} of {fetch_state.account.name}: {window.start} to {window.end - timedelta(days=1)}"
    )
    answer = fetch_state.source.fetch(fetch_state.session, window)
    manifest = fetch_state.manifest
    landed = manifest.partitions if manifest else {}
    # The day under way may not be answered for yet; once it was, it does not go missing.
    today = utc_day(fetch_state.session.now)
    may_lack = (
        [day for day in window.days() if day >= today and day not in landed]
        if fetch_state.source.may_lack_today
        else []
    )
    taken = by_day(answer, window, fetch_state.session.now, may_lack)
    doubted = doubts(taken, landed, fetch_state.progress.emptied, fetch_state.reach.settles)
    fetch_state.duplicates += taken.duplicates
    fetch_state.left_out += taken.left_out
    fetch_state.session.findings += [
        f"{day} is unchanged, because {why}; {ASKED_AGAIN}" for day, why in sorted(taken.contradictions.items())
    ]
    _report_doubts(fetch_state, doubted)
    left = {*doubted.emptied, *doubted.forgotten}
    tables = {day: table for day, table in taken.tables.items() if day not in left}
    fetch_state.progress = dataclasses.replace(
        fetch_state.progress,
        first_day=min(window.start, fetch_state.progress.first_day or window.start),
        emptied=dict(doubted.emptied),
        refused=(fetch_state.progress.refused - set(window.days())) | set(taken.contradictions),
    )
    _land(fetch_state, tables)


def _report_doubts(fetch_state: FetchState, doubted: Doubts) -> None:
    notes = fetch_state.session.notes
    notes += [
        f"{day} is empty now and had figures: they stay until this is confirmed ({times} of {CONFIRMATIONS})"
        for day, times in doubted.unconfirmed.items()
    ]
    notes += [f"{day} is empty now, confirmed {CONFIRMATIONS} times" for day in doubted.confirmed]
    if doubted.forgotten:
        notes.append(
            f"{listed(list(doubted.forgotten))} came back without figures that had landed, and so did every day "
            "before: the provider may have forgotten them, so they stay"
        )


def _land(fetch_state: FetchState, tables: dict[date, pa.Table]) -> None:
    feed = fetch_state.source.feed(fetch_state.account)
    change = fetch_state.landing.replace(
        feed,
        tables,
        cursor=fetch_state.progress.to_cursor(),
        now=fetch_state.session.now,
        account=fetch_state.account_id,
    )
    fetch_state.manifest = change.manifest
    fetch_state.changes += change.days
