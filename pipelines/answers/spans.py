"""Spans of UTC days in the words that people use: "today", "last-month", "7d", "2026-11", "2026-11-01..2026-11-15"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.domain.periods import month_start
from pipelines.errors import ConfigError
from pipelines.presentation import formats

_LAST_DAYS = re.compile(r"([1-9]\d{0,3})d", flags=re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", flags=re.ASCII)
_YEAR = re.compile(r"\d{4}", flags=re.ASCII)


@dataclass(frozen=True)
class Span:
    """The UTC days from `first` to `last`, both included, and what people call them."""

    first: date
    last: date
    label: str


def _week(today: date) -> Span:
    return Span(today - timedelta(days=today.weekday()), today, "this week")


def _last_week(today: date) -> Span:
    monday = today - timedelta(days=today.weekday() + 7)
    return Span(monday, monday + timedelta(days=6), "last week")


def _last_month(today: date) -> Span:
    first = formats.month_before(month_start(today))
    return Span(first, month_start(today) - timedelta(days=1), formats.full_month(first))


def _quarter(today: date) -> Span:
    return Span(date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), today, "this quarter")


NAMED: dict[str, Callable[[date], Span]] = {
    "today": lambda today: Span(today, today, "today"),
    "yesterday": lambda today: Span(today - timedelta(days=1), today - timedelta(days=1), "yesterday"),
    "week": _week,
    "last-week": _last_week,
    "month": lambda today: Span(month_start(today), today, formats.full_month(today)),
    "last-month": _last_month,
    "quarter": _quarter,
    "year": lambda today: Span(date(today.year, 1, 1), today, str(today.year)),
    "all": lambda _: Span(date.min, date.max, "all days"),
}
"""The spans that have a name, as of a day; those that are not over end on it."""


def span_of(text: str, today: date) -> Span:
    """The span that `text` names, as of `today`.

    Raises:
        ConfigError: it names none, or one that ends before it begins.
    """
    if text in NAMED:
        return NAMED[text](today)
    if found := _LAST_DAYS.fullmatch(text):
        days = int(found[1])
        return Span(today - timedelta(days=days - 1), today, "the last day" if days == 1 else f"the last {days} days")
    if ".." in text:
        first, last = (_day(part, text) for part in text.split("..", maxsplit=1))
        if last < first:
            raise ConfigError(f"{text}: a span cannot end before it begins")
        return Span(first, last, f"{first} to {last}")
    if _YEAR.fullmatch(text):
        return Span(_day(f"{text}-01-01", text), _day(f"{text}-12-31", text), text)
    if found := _MONTH.fullmatch(text):
        first = _day(f"{text}-01", text)
        return Span(first, first.replace(day=monthrange(first.year, first.month)[1]), formats.full_month(first))
    day = _day(text, text)
    return Span(day, day, formats.full_day(day))


def _day(text: str, given: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            f"{given!r} is not a span of days: use {', '.join(NAMED)}, 30d, 2026-11, 2026-11-05 or "
            "2026-11-01..2026-11-15"
        ) from error
