"""What people declared of single days: which do not define what is usual, and on which a new level begins.

Belongs here: which days of which costs they are, and what a forecast learns of them instead. Does not: finding them, or
what was spent, which they leave as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.analytics.models import WEEK, without_gaps

LEAST_AFTER = 2 * WEEK
"""Delivered days from which on a new level is known."""
LEVEL_DAYS = 8 * WEEK
LEAST_HOLIDAYS = 3
"""So many of a series have to have passed before the next is forecast by them."""

Scope = Mapping[str, Sequence[str]]


def covered_by(scope: Scope, rows: pd.DataFrame) -> NDArray[np.bool_]:
    """Which rows have one of the values of each column of `scope`; an empty one is everything."""
    covered = np.ones(len(rows), dtype=bool)
    for column, values in scope.items():
        covered &= rows[column].isin(list(values)).to_numpy()
    return covered


@dataclass(frozen=True)
class Mask:
    """Days of the costs in `scope` that do not define what is usual."""

    days: pd.DatetimeIndex
    scope: Scope = field(default_factory=dict)


@dataclass(frozen=True)
class LevelShift:
    """The first day from which on the costs in `scope` have another level than before."""

    start: date
    scope: Scope = field(default_factory=dict)


@dataclass(frozen=True)
class ExpectedCost:
    """An amount that is expected on a day ahead, in `currency`."""

    day: date
    amount: float
    currency: str
    provider: str


@dataclass(frozen=True)
class Calendar:
    """Everything that people declared of days."""

    masks: Sequence[Mask] = ()
    level_shifts: Sequence[LevelShift] = ()
    expected: Sequence[ExpectedCost] = ()
    holidays: frozenset[date] = frozenset()


def learnt(rows: pd.DataFrame, delivered: pd.Series[bool], calendar: Calendar) -> pd.Series[float]:
    """Cost by day of `delivered` as it is learnt: days before a new level raised to it, masked ones at their weekday's.

    Args:
        rows: cost_date, cost_amount and the columns of scopes.
        delivered: of each day whether its data has arrived.
        calendar: where two masks cover the same day of the same rows, the one with the wider scope counts.
    """
    days = pd.DatetimeIndex(delivered.index)
    rows = _at_new_levels(rows, delivered, calendar.level_shifts)
    dates = pd.DatetimeIndex(rows["cost_date"])
    left = np.ones(len(rows), dtype=bool)
    instead = pd.Series(0.0, index=days)
    earlier: list[tuple[NDArray[np.bool_], pd.DatetimeIndex]] = []
    for scope, masked in _masks(calendar, days):
        covered = covered_by(scope, rows)
        for others, their_days in earlier:
            if (covered & others).any():
                masked = masked.difference(their_days)  # noqa: PLW2901 - what is left of it
        if masked.empty or not covered.any():
            continue
        earlier.append((covered, masked))
        left &= ~(covered & dates.isin(masked))
        instead = instead.add(_usual(rows[covered], delivered, masked).reindex(masked), fill_value=0.0)
    return by_day(rows[left], days) + instead


def holiday_factor(rows: pd.DataFrame, delivered: pd.Series[bool], holidays: Iterable[date]) -> float:
    """What a holiday costs, as a share of its weekday: the median of those that passed, 1 where they are too few."""
    days = pd.DatetimeIndex(delivered.index)
    passed = _of(holidays, days)
    passed = passed[delivered.reindex(passed).to_numpy(dtype=bool)]
    if len(passed) < LEAST_HOLIDAYS:
        return 1.0
    usual = _usual(rows, delivered, passed).reindex(passed)
    shares = (by_day(rows, days).reindex(passed) / usual)[usual > 0]
    return float(shares.median()) if len(shares) >= LEAST_HOLIDAYS else 1.0


def by_day(rows: pd.DataFrame, days: pd.DatetimeIndex) -> pd.Series[float]:
    """The sum of each of `days`; a day without a row costs 0."""
    return rows.groupby("cost_date")["cost_amount"].sum().reindex(days, fill_value=0.0)


def _of(given: Iterable[date], days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(sorted(pd.Timestamp(day) for day in given)).intersection(days)


def _masks(calendar: Calendar, days: pd.DatetimeIndex) -> Iterator[tuple[Scope, pd.DatetimeIndex]]:
    """Scopes and their days, the widest first; holidays are of everything."""
    masks = [*calendar.masks, Mask(_of(calendar.holidays, days))]
    for mask in sorted(masks, key=lambda mask: (len(mask.scope), sorted(mask.scope.items()))):
        yield mask.scope, mask.days.intersection(days)


def _usual(rows: pd.DataFrame, delivered: pd.Series[bool], masked: pd.DatetimeIndex) -> pd.Series[float]:
    """Cost by day of rows, the masked ones as if they had not been delivered, see `without_gaps`."""
    known = by_day(rows, pd.DatetimeIndex(delivered.index)).where(delivered)
    known = known[(known.fillna(0.0) != 0).cummax()]
    known = known.where(~known.index.isin(masked))
    usual = known.fillna(0.0) if known.isna().all() else without_gaps(known)
    return usual.reindex(delivered.index, fill_value=0.0)


def _at_new_levels(rows: pd.DataFrame, delivered: pd.Series[bool], level_shifts: Sequence[LevelShift]) -> pd.DataFrame:
    """The rows before each new level times what it is above the last: their week and their noise stay as they are."""
    for shift in sorted(level_shifts, key=lambda shift: shift.start, reverse=True):
        covered = covered_by(shift.scope, rows)
        start = pd.Timestamp(shift.start)
        known = by_day(rows[covered], pd.DatetimeIndex(delivered.index))[delivered]
        others = [pd.Timestamp(other.start) for other in level_shifts if other.start < shift.start]
        since = max([start - pd.Timedelta(days=LEVEL_DAYS), *others])
        before, after = known[(known.index >= since) & (known.index < start)], known[known.index >= start]
        if len(before) < WEEK or len(after) < LEAST_AFTER or _level(before) <= 0:
            continue
        factor = _level(after.iloc[-LEVEL_DAYS:]) / _level(before)
        is_before = covered & (rows["cost_date"] < start).to_numpy()
        rows = rows.assign(cost_amount=rows["cost_amount"].where(~is_before, rows["cost_amount"] * factor))
    return rows


def _level(costs: pd.Series[float]) -> float:
    """The mean of the medians of its weekdays, which single days do not move."""
    return float(costs.groupby(pd.DatetimeIndex(costs.index).weekday).median().mean())
