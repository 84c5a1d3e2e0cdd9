"""Which days to ask a provider for: those never asked, and those whose figures may still change.

What to fetch follows from what is there, not from ticks of a clock: after eight days off, eight days are asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Self

from pipelines.domain.periods import Window

IDLE_WINDOWS = 2
"""Empty windows in a row after which a walk back into the past has found its beginning."""

LONGEST_HISTORY = 1100
"""Days a first walk back goes at most, where neither the provider nor the account sets a limit: three years."""


@dataclass(frozen=True)
class Progress:
    """How far a feed has come; kept with its manifest as the cursor.

    `first_day`: the earliest day asked for. `settled_before`: days before this were asked for after they could
    still change. `reached_beginning`: nothing older is to be had. `emptied`: days that had figures and were last
    answered without, with how often. `unknown_fields`: reported already.
    """

    first_day: date | None = None
    settled_before: date | None = None
    reached_beginning: bool = False
    emptied: dict[date, int] = field(default_factory=dict)
    unknown_fields: tuple[str, ...] = ()

    @classmethod
    def from_cursor(cls, cursor: Any) -> Self:
        """The progress in a manifest's cursor."""
        days = {name: cursor.get(name) and date.fromisoformat(cursor[name]) for name in ("first_day", "settled_before")}
        return cls(
            **days,
            reached_beginning=cursor.get("reached_beginning", False),
            emptied={date.fromisoformat(day): count for day, count in cursor.get("emptied", {}).items()},
            unknown_fields=tuple(cursor.get("unknown_fields", ())),
        )

    def to_cursor(self) -> dict[str, Any]:
        """The progress as JSON."""
        return {
            "first_day": self.first_day and self.first_day.isoformat(),
            "settled_before": self.settled_before and self.settled_before.isoformat(),
            "reached_beginning": self.reached_beginning,
            "emptied": {day.isoformat(): count for day, count in sorted(self.emptied.items())},
            "unknown_fields": sorted(self.unknown_fields),
        }


@dataclass(frozen=True)
class Reach:
    """What a source can be asked for: days before `end`, not before `earliest`, `longest_window` at once."""

    end: date
    earliest: date
    longest_window: int
    restated_for: int

    @property
    def settles(self) -> date:
        """Days before this no longer change."""
        return self.end - timedelta(days=self.restated_for)


def due(reach: Reach, progress: Progress, covered: Collection[date], *, only_gaps: bool = False) -> list[Window]:
    """The windows to ask for within what was begun, newest first: gaps, and what may have changed since.

    Args:
        reach: what the source can be asked for.
        progress: how far the feed has come; before its first answer nothing is due, see `further_back`.
        covered: the days that have landed.
        only_gaps: leave settled questions alone, because they were asked a short while ago; the two last days
            are asked even so.
    """
    if progress.first_day is None:
        return []
    open_from = progress.settled_before or progress.first_day
    recheck_from = max(open_from, reach.end - timedelta(days=2)) if only_gaps else min(open_from, reach.settles)
    days = Window(max(progress.first_day, reach.earliest), reach.end).days() if progress.first_day < reach.end else ()
    wanted = [day for day in days if day not in covered or day >= recheck_from or day in progress.emptied]
    return list(_windows(wanted, reach.longest_window))


def further_back(reach: Reach, progress: Progress) -> Window | None:
    """The next window of the walk back from the earliest day asked for; None when the beginning was reached."""
    end = progress.first_day or reach.end
    if progress.reached_beginning or end <= reach.earliest:
        return None
    return Window(max(reach.earliest, end - timedelta(days=reach.longest_window)), end)


def settled(progress: Progress, reach: Reach) -> Progress:
    """The progress after everything due was answered."""
    return replace(progress, settled_before=max(progress.settled_before or reach.settles, reach.settles))


def _windows(days: list[date], longest: int) -> Iterator[Window]:
    """Runs of neighbouring days, newest first, none longer than `longest`."""
    while days:
        last = days.pop()
        first = last
        while days and days[-1] == first - timedelta(days=1) and (last - first).days + 1 < longest:
            first = days.pop()
        yield Window(first, last + timedelta(days=1))
