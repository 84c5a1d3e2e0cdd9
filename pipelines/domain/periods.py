"""UTC days and half-open windows. The clock is always passed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

OLDEST_YEAR = 2000
"""No AI bill is older."""
_THREE_NUMBERS = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})", flags=re.ASCII)


@dataclass(frozen=True, order=True)
class Window:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a window cannot end ({self.end}) before it starts ({self.start})")

    def days(self) -> Iterator[date]:
        """Each day of the window, in order."""
        for offset in range((self.end - self.start).days):
            yield self.start + timedelta(days=offset)


def day_start(day: date) -> datetime:
    """Midnight UTC at the start of `day`."""
    return datetime.combine(day, time(), tzinfo=UTC)


def utc_day(moment: datetime) -> date:
    """The UTC day `moment` falls on.

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC).date()


def month_start(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def possible_days(text: str) -> list[date]:
    """The days that three numbers in one cell may mean, in whichever order people write them."""
    parts = _THREE_NUMBERS.fullmatch(text)
    if parts is None:
        return []
    first, second, third = map(int, parts.groups())
    found = set()
    for year, month, number in ((first, second, third), (third, second, first), (third, first, second)):
        try:
            candidate = date(year, month, number)
        except ValueError:
            continue
        if candidate.year >= OLDEST_YEAR:
            found.add(candidate)
    return sorted(found)
