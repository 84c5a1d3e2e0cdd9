"""Which days to ask a provider for: those never asked, and those whose figures may still change.

What to fetch follows from what is there, not from ticks of a clock: after eight days off, eight days are asked.

    each run    gaps, the last days, days in doubt, and what was asked before it could settle
    each day    as many days as one request answers for anyway, and as many as the provider restates
    each week   two months, because some figures are corrected when the month's invoice is made
    when asked  everything from a day on (`ai-costs run --again-from`)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Self

from pipelines.domain.periods import Window

IDLE_DAYS = 400
"""Days in a row without a figure after which a walk back into the past has found its beginning."""

IDLE_DAYS_BEFORE_BILL = 62
"""As IDLE_DAYS, for a source of use that was asked for every day the account's bill holds."""

FIRST_DAY = date(2020, 6, 1)
"""Nobody sold use of a language model before."""

LATELY = 3
"""Days that each run asks for again."""

WEEKLY = 62
"""Days that each week's first run asks for again: this month and the last."""


@dataclass(frozen=True)
class Progress:
    """How far a feed has come; stored with its manifest as the cursor.

    `first_day`: the earliest day asked for. `settled_before`: days before this were asked for after they could
    still change. `reread_on`, `reread_weekly_on`: when the daily and the weekly days were last asked again.
    `began`: the first day with figures, once the walk back has found it. `refused_before`: the provider refuses
    questions for days before this. `emptied`: days that had figures and were last answered without, with how often.
    `refused`: days whose last answer could not be taken. `unknown_fields`: reported already.
    """

    first_day: date | None = None
    settled_before: date | None = None
    reread_on: date | None = None
    reread_weekly_on: date | None = None
    began: date | None = None
    refused_before: date | None = None
    emptied: dict[date, int] = field(default_factory=dict)
    refused: frozenset[date] = frozenset()
    unknown_fields: tuple[str, ...] = ()

    @classmethod
    def from_cursor(cls, cursor: Any) -> Self:
        """The progress in a manifest's cursor; one of an older version lacks what it did not know."""
        return cls(
            **{name: cursor.get(name) and date.fromisoformat(cursor[name]) for name in _DAYS},
            emptied={date.fromisoformat(day): count for day, count in cursor.get("emptied", {}).items()},
            refused=frozenset(date.fromisoformat(day) for day in cursor.get("refused", ())),
            unknown_fields=tuple(cursor.get("unknown_fields", ())),
        )

    def to_cursor(self) -> dict[str, Any]:
        """The progress as JSON."""
        days = {name: getattr(self, name) for name in _DAYS}
        return {
            **{name: day and day.isoformat() for name, day in days.items()},
            "emptied": {day.isoformat(): count for day, count in sorted(self.emptied.items())},
            "refused": [day.isoformat() for day in sorted(self.refused)],
            "unknown_fields": sorted(self.unknown_fields),
        }

    @property
    def in_doubt(self) -> set[date]:
        """Days that are asked for again until their answer is believed."""
        return {*self.emptied, *self.refused}


_DAYS = ("first_day", "settled_before", "reread_on", "reread_weekly_on", "began", "refused_before")


@dataclass(frozen=True)
class Reach:
    """What a source can be asked for, in days.

    Args:
        end: the first day that cannot be asked for yet.
        earliest: the first day that is wanted and answered for.
        longest_window: days that are asked for at once.
        restated_for: days after which figures no longer change.
        page_days: days that one request answers for.
        is_given: whether `earliest` is what a person wants, not how far the provider or a search may reach.
        again_from: everything from this day on is asked for again.
    """

    end: date
    earliest: date
    longest_window: int
    restated_for: int
    page_days: int = 1
    is_given: bool = False
    again_from: date | None = None

    @property
    def settles(self) -> date:
        """Days before this no longer change."""
        return self.end - timedelta(days=self.restated_for)


def due(reach: Reach, progress: Progress, covered: Collection[date], *, only_gaps: bool = False) -> list[Window]:
    """The windows to ask for within what was begun, newest first: gaps, and what may have changed since.

    A day whose answer could not be taken is a separate window, so that it takes no other with it.

    Args:
        reach: what the source can be asked for.
        progress: how far the feed has come; before its first answer nothing is due, see `further_back`.
        covered: the days that have landed.
        only_gaps: leave settled questions alone, because they were asked a short while ago; the two last days
            are asked even so.
    """
    if progress.first_day is None:
        return []
    first = max(min(progress.first_day, reach.again_from or progress.first_day), reach.earliest)
    again_from = _again_from(reach, progress, only_gaps=only_gaps)
    days = Window(first, reach.end).days() if first < reach.end else ()
    in_doubt = progress.in_doubt
    wanted = [day for day in days if day not in covered or day >= again_from or day in in_doubt]
    return list(_windows(wanted, reach.longest_window, progress.refused))


def _again_from(reach: Reach, progress: Progress, *, only_gaps: bool) -> date:
    """The first day that is asked for again although it has landed."""
    open_from = min(progress.settled_before or reach.settles, reach.settles)
    again_from = reach.end - timedelta(days=min(LATELY, reach.restated_for))
    if only_gaps:
        again_from = reach.end - timedelta(days=2)
    elif _is_weekly_due(reach, progress):
        again_from = min(open_from, reach.end - timedelta(days=max(reach.page_days, WEEKLY)))
    elif progress.reread_on is None or progress.reread_on < reach.end:
        again_from = min(open_from, reach.end - timedelta(days=reach.page_days))
    return min(again_from, reach.again_from or again_from)


def _is_weekly_due(reach: Reach, progress: Progress) -> bool:
    last = progress.reread_weekly_on
    return last is None or (reach.end - last).days >= 7  # noqa: PLR2004 - a week


def further_back(
    reach: Reach, progress: Progress, first_figures: date | None, bill_began: date | None = None
) -> Window | None:
    """The next window of the walk back from the earliest day asked for; None when the beginning was reached.

    Args:
        reach: what the source can be asked for.
        progress: how far the feed has come.
        first_figures: the first day that had a figure, or whose answer could not be taken.
        bill_began: the first day of the account's bill, where that is known.
    """
    end = progress.first_day or reach.end
    if end <= reach.earliest or progress.refused_before == end:
        return None
    has_bill = bill_began is not None and end <= bill_began
    idle = ((first_figures or reach.end) - end).days
    if not reach.is_given and idle >= (IDLE_DAYS_BEFORE_BILL if has_bill else IDLE_DAYS):
        return None
    return Window(max(reach.earliest, end - timedelta(days=reach.longest_window)), end)


def settled(progress: Progress, reach: Reach) -> Progress:
    """The progress after everything due was answered."""
    weekly = reach.end if _is_weekly_due(reach, progress) else progress.reread_weekly_on
    settled_before = max(progress.settled_before or reach.settles, reach.settles)
    # What the provider refused is tried again each week.
    refused_before = progress.refused_before if weekly == progress.reread_weekly_on else None
    return replace(
        progress,
        settled_before=settled_before,
        reread_on=max(progress.reread_on or reach.end, reach.end),
        reread_weekly_on=weekly,
        refused_before=refused_before,
    )


def _windows(days: list[date], longest: int, alone: Collection[date]) -> Iterator[Window]:
    """Runs of neighbouring days, newest first, none longer than `longest`; each day of `alone` is one by itself."""
    while days:
        last = days.pop()
        first = last
        while (
            days
            and days[-1] == first - timedelta(days=1)
            and (last - first).days + 1 < longest
            and not {days[-1], last} & set(alone)
        ):
            first = days.pop()
        yield Window(first, last + timedelta(days=1))
