"""What the past of a series leads to expect of its next day, and how far from that a day must be to be unusual.

The rules are strict on purpose: an alert that is wrong costs more trust than a small one missed. What they were
measured at is in DECISIONS.md ("Anomalies").
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.analytics.forecast import FULL_HISTORY

RECENT_DAYS = 90
"""How far back the peaks of a series are looked for."""
WEEK = 7
PAST_WEEKS = 8
UP_Z, DOWN_Z = 3.5, -6.0
LEAST_RATIO_OF_TYPICAL = 0.5
ABOVE_RECENT_PEAK = 1.1
EDGE_DAYS, ABOVE_BILLS = 100, 1.75
ONE_MONTH_BEFORE, TWO_MONTHS_BEFORE = slice(-32, -28), slice(-63, -59)
"""Counted from the tested day: 28 to 31, and 59 to 62 days earlier, whatever the lengths of the months."""
SPARSE_ZERO_SHARE, SPARSE_FACTOR = 0.2, 2.5
EARLY_FACTOR = 1.3
PRIOR_SPREAD, PRIOR_WEIGHT = 0.35, 8
LEAST_SHARE_OF_MONTH = 0.005
"""Smaller than half a percent of a month is nobody's incident."""
RISE_DAYS, RISE_WEEKS, RISE_FACTOR, RISE_RATIO = 5, 5, 1.25, 1.8
"""Five days running above 1.25 times the largest same weekday of five weeks, and most of them 1.8 times its median."""

Costs = NDArray[np.float64]


@dataclass(frozen=True)
class Expectation:
    """What the past leads to expect of one day, on the scale log(amount + softening)."""

    amount: float
    spread: float
    softening: float

    def z(self, actual: float) -> float:
        """How many spreads `actual` is away."""
        return self.rise(actual) / self.spread

    def rise(self, actual: float) -> float:
        """How far `actual` is above, in logarithms."""
        return float(np.log(actual + self.softening) - np.log(self.amount + self.softening))


def expect(past: Costs) -> Expectation:
    """The day after `past`: its weekday's median of eight weeks, halfway to the level of the last two."""
    weeks = min(PAST_WEEKS, len(past) // WEEK)
    recent = past[-weeks * WEEK :]
    softening = _softening(recent)
    by_week = np.log(recent + softening).reshape(weeks, WEEK)
    # The day that follows whole weeks has the weekday of their first column.
    profile = np.median(by_week, axis=0)
    level = float(np.median(by_week[-2:])) + profile[0] - float(np.median(profile))
    residuals = by_week - profile
    mad = 1.4826 * float(np.median(np.abs(residuals)))
    spread = np.sqrt((residuals.size * mad**2 + PRIOR_WEIGHT * PRIOR_SPREAD**2) / (residuals.size + PRIOR_WEIGHT))
    # Of the logs' difference, so that days of nothing lead to expect exactly nothing.
    amount = softening * max(float(np.expm1((profile[0] + level) / 2 - np.log(softening))), 0.0)
    return Expectation(amount, float(spread), softening)


def direction(
    past: Costs, actual: Costs, edges: NDArray[np.bool_], expected: Expectation, least_impact: float
) -> str | None:
    """Whether the last day of `actual` is unusually high (up) or low (down).

    Args:
        past: the days before, with what was expected in place of what was unusual.
        actual: the days as they came, the one judged included.
        edges: which days of `actual` begin or end a month.
        expected: what `past` leads to expect.
        least_impact: amount below which nothing is shown.
    """
    today = float(actual[-1])
    impact = max(least_impact, LEAST_SHARE_OF_MONTH * float(past[-30:].sum()))
    if abs(today - expected.amount) < impact:
        return None
    z = expected.z(today)
    if z > UP_Z and _is_exceptional(actual, expected) and _above_bills(actual, edges):
        return "up"
    if z < DOWN_Z and len(past) >= FULL_HISTORY and today < 0.25 * expected.amount and _never_so_low(actual):
        return "down"
    return None


def has_risen(past: Costs, actual: Costs, least_impact: float) -> bool:
    """Whether the last five days are all above what their weekdays had in the five weeks before: a slow rise.

    Args:
        past: the days before the last five, with what was expected in place of what was unusual.
        actual: the last five days.
        least_impact: amount below which nothing is shown.
    """
    if len(past) < RISE_WEEKS * WEEK or len(actual) < RISE_DAYS:
        return False
    weeks = past[-RISE_WEEKS * WEEK :].reshape(RISE_WEEKS, WEEK)[:, :RISE_DAYS]
    if not (actual > RISE_FACTOR * weeks.max(axis=0)).all():
        return False
    usual = usual_week(past)[:RISE_DAYS]
    impact = max(least_impact, LEAST_SHARE_OF_MONTH * float(past[-30:].sum()))
    return bool((actual > RISE_RATIO * usual).sum() * 2 > RISE_DAYS and (actual - usual).sum() >= impact)


def usual_week(past: Costs) -> Costs:
    """The medians of the last five weeks of `past`, or of those there are, for the seven days after it, by weekday."""
    weeks = min(RISE_WEEKS, len(past) // WEEK)
    return np.median(past[-weeks * WEEK :].reshape(weeks, WEEK), axis=0)


def _is_exceptional(actual: Costs, expected: Expectation) -> bool:
    """Whether the last day rises over what the series does anyway."""
    recent, today = actual[-RECENT_DAYS - 1 : -1], float(actual[-1])
    if len(actual) <= FULL_HISTORY:
        return today > EARLY_FACTOR * float(recent.max())
    peak = float(np.sort(recent)[-2])
    if float((recent == 0).mean()) > SPARSE_ZERO_SHARE:
        return today > SPARSE_FACTOR * peak
    typical = float(np.median(recent[recent > 0]))
    return today - expected.amount > LEAST_RATIO_OF_TYPICAL * typical and today > ABOVE_RECENT_PEAK * peak


def _above_bills(actual: Costs, edges: NDArray[np.bool_]) -> bool:
    """Whether the last day, if it is one on which bills are booked, rises over the bills known."""
    bills = []
    if edges[-1]:
        bills.append(float(actual[-EDGE_DAYS - 1 : -1][edges[-EDGE_DAYS - 1 : -1]].max(initial=0.0)))
    if len(actual) >= -TWO_MONTHS_BEFORE.start:
        # What came in each of the last two months is expected again; an incident came in one of them only.
        bills.append(min(float(actual[ONE_MONTH_BEFORE].max()), float(actual[TWO_MONTHS_BEFORE].max())))
    return all(float(actual[-1]) > ABOVE_BILLS * bill for bill in bills)


def _never_so_low(actual: Costs) -> bool:
    return float(actual[-1]) < 0.5 * float(np.sort(actual[-RECENT_DAYS - 1 : -1])[1])


def _softening(recent: Costs) -> float:
    """Added before taking logs, so that a day of nothing has one: a twentieth of a typical day."""
    positive = recent[recent > 0]
    return 0.05 * float(np.median(positive)) if len(positive) else 1.0
