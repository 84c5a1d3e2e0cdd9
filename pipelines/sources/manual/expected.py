"""Bills that a person has to enter each month: which of them are not there yet, and what to do about it.

An entry or an import of money covers each month that its period touches. What recurs by itself covers nothing here: it
is never what is waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow.compute as pc

from pipelines.config.recurring import ExpectedEntry
from pipelines.domain.periods import Window, month_start, utc_day
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.sources.manual import recurring
from pipelines.sources.manual.guidance import where

SOURCE = "expected"
COLUMNS = ("provider", "account_name", "period_start", "period_end", "cost_amount")


@dataclass(frozen=True)
class EnteredCost:
    """Money that was entered or imported: whose, its first day and its last."""

    provider: str
    account: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Expectation:
    """The state of one expected entry: the day its newest one reaches, and the months that nothing covers."""

    entry: ExpectedEntry
    reaches: date | None
    missing: Window | None

    @property
    def feed(self) -> Feed:
        """What its outcome is stored under."""
        return Feed(SourceKind.MANUAL, SOURCE, self.entry.name)

    @property
    def message(self) -> str:
        """What is there, and what is not."""
        if self.missing is None:
            return f"covered up to {self.reaches}"
        newest = "there is none yet" if self.reaches is None else f"the newest reaches {self.reaches}"
        return f"needs a new entry: nothing covers {_months(self.missing)}; {newest}"

    @property
    def next_step(self) -> str:
        """The command that enters what is missing, and where the figure is; nothing if nothing is missing."""
        if self.missing is None:
            return ""
        account = "" if self.entry.account is None else f" --account '{self.entry.account}'"
        first = Window(self.missing.start, _next_month(self.missing.start))
        command = (
            f"`ai-costs add {self.entry.provider} AMOUNT{account} --period-start {first.start} "
            f"--period-end {first.end - timedelta(days=1)}`, or import the bill"
        )
        found = where(self.entry.provider)
        return command if found is None else f"{command}. {found}"


def examine(expected: Sequence[ExpectedEntry], landing: LandingStore, now: datetime) -> list[Expectation]:
    """The state of each expected entry, by what is landed.

    Raises:
        LandingError: a landed file is damaged.
    """
    reported = _entered(landing) if expected else set()
    return [_examined(entry, reported, now.date()) for entry in expected]


def _examined(entry: ExpectedEntry, reported: set[EnteredCost], today: date) -> Expectation:
    due = _due_month(entry, today)
    last_days = [
        money.last_day
        for money in reported
        if money.provider == entry.provider.lower()
        and entry.account in {None, money.account}
        and money.first_day < due.end
    ]
    reaches = max(last_days, default=None)
    first_missing = due.start if reaches is None else _next_month(month_start(reaches))
    return Expectation(entry, reaches, Window(first_missing, due.end) if first_missing < due.end else None)


def _due_month(entry: ExpectedEntry, today: date) -> Window:
    """The newest month whose bill should be there: the one before this, or before that while its day is not over."""
    end = month_start(today)
    if today.day <= entry.by:
        end = month_start(end - timedelta(days=1))
    return Window(month_start(end - timedelta(days=1)), end)


def _entered(landing: LandingStore) -> set[EnteredCost]:
    """The money of every entry and import, as its distinct periods."""
    reported = set()
    for feed in landing.feeds():
        if feed.source_kind not in {SourceKind.MANUAL, SourceKind.IMPORT} or feed.source == recurring.SOURCE:
            continue
        table = landing.read(feed, columns=COLUMNS)
        money = table.filter(pc.is_valid(table["cost_amount"]))
        for row in money.group_by(list(COLUMNS[:4])).aggregate([]).to_pylist():
            last_day = utc_day(row["period_end"] - timedelta(microseconds=1))
            reported.add(EnteredCost(row["provider"], row["account_name"], utc_day(row["period_start"]), last_day))
    return reported


def _next_month(day: date) -> date:
    return month_start(day.replace(day=28) + timedelta(days=4))


def _months(window: Window) -> str:
    last = month_start(window.end - timedelta(days=1))
    return f"{window.start:%B %Y}" + ("" if last == window.start else f" to {last:%B %Y}")
