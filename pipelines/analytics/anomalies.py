"""Days that the past of their series does not explain. Each is judged with earlier days only.

The rule is strict on purpose: an alert that is wrong costs more trust than a small one missed. What it was
measured at is in DECISIONS.md ("Anomalies").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from babel.numbers import format_currency
from numpy.typing import NDArray

from pipelines.analytics.forecast import FULL_HISTORY, IDENTITY, LEAST_HISTORY
from pipelines.analytics.series import TOTAL, Series, daily_series

JUDGED_DAYS = 90
"""How many of the last complete days are told of, and how far back a day's peaks are looked for."""
WEEK = 7
PAST_WEEKS = 8
UP_Z, DOWN_Z = 3.5, -6.0
LEAST_RATIO_OF_TYPICAL = 0.5
ABOVE_RECENT_PEAK = 1.1
EDGE_DAYS, ABOVE_BILLS = 100, 1.5
ONE_MONTH_BEFORE, TWO_MONTHS_BEFORE = slice(-32, -28), slice(-63, -59)
"""Counted from the day judged: 28 to 31, and 59 to 62 days earlier, whatever the lengths of the months."""
SPARSE_ZERO_SHARE, SPARSE_FACTOR = 0.2, 2.5
EARLY_FACTOR = 1.3
PRIOR_SPREAD, PRIOR_WEIGHT = 0.35, 8
LEAST_IMPACT, LEAST_SHARE_OF_MONTH = 1.0, 0.005
"""Smaller than one unit of currency, or than half a percent of a month, is nobody's incident."""

COLUMNS = {
    **IDENTITY,
    "anomaly_date": "datetime64[ns]",
    "direction": "object",
    "actual_amount": "float64",
    "expected_amount": "float64",
    "excess_amount": "float64",
    "ratio": "float64",
    "confidence": "object",
    "top_contributor": "object",
    "explanation": "object",
}

Costs = NDArray[np.float64]


@dataclass(frozen=True)
class Verdict:
    """An unusual day: what it cost, what its past led to expect, and how sure a history that long allows to be."""

    day: pd.Timestamp
    direction: str
    actual: float
    expected: float
    confidence: str

    @property
    def excess(self) -> float:
        """What was not expected; negative on a day that fell short."""
        return self.actual - self.expected


@dataclass(frozen=True)
class _Expectation:
    """What the past leads to expect of one day, on the scale log(amount + softening)."""

    amount: float
    spread: float
    softening: float

    def z(self, actual: float) -> float:
        distance = np.log(actual + self.softening) - np.log(self.amount + self.softening)
        return float(distance / self.spread)


def find_anomalies(daily: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The unusual days of the last 90 complete ones, of the total and of each provider.

    Args:
        daily: rows of rpt_daily_costs.
        as_of: the day under way, which is not judged.
    """
    since = pd.Timestamp(as_of) - pd.Timedelta(days=JUDGED_DAYS)
    rows: list[dict[str, Any]] = []
    for series in daily_series(daily, as_of):
        rows += [_row(daily, series, verdict) for verdict in judge(series.costs) if verdict.day >= since]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def judge(costs: pd.Series[float]) -> Iterator[Verdict]:
    """The unusual days of a whole series, walking forward, so that no later day changes an earlier verdict.

    A day found unusual counts as expected for the days after it, so that one incident does not hide the next.
    A day that credits made negative is not judged: what was given back says nothing about use.
    """
    actual = costs.to_numpy(dtype=float).clip(0)
    edges = pd.DatetimeIndex(costs.index).is_month_start | pd.DatetimeIndex(costs.index).is_month_end
    cleaned = actual.copy()
    for position in range(LEAST_HISTORY, len(actual)):
        expected = _expect(cleaned[:position])
        if costs.iloc[position] < 0:
            cleaned[position] = expected.amount
            continue
        # Peaks are looked for in what really came, so that a new level is reported once and then accepted.
        direction = _direction(cleaned[:position], actual[: position + 1], edges[: position + 1], expected)
        if direction is not None:
            confidence = "normal" if position >= FULL_HISTORY else "early"
            yield Verdict(costs.index[position], direction, float(actual[position]), expected.amount, confidence)
            cleaned[position] = expected.amount


def _expect(past: Costs) -> _Expectation:
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
    amount = max(float(np.exp((profile[0] + level) / 2)) - softening, 0.0)
    return _Expectation(amount, float(spread), softening)


def _direction(past: Costs, actual: Costs, edges: NDArray[np.bool_], expected: _Expectation) -> str | None:
    """Whether the last day of `actual` is unusually high or low."""
    today = float(actual[-1])
    impact = max(LEAST_IMPACT, LEAST_SHARE_OF_MONTH * float(past[-30:].sum()))
    if abs(today - expected.amount) < impact:
        return None
    z = expected.z(today)
    if z > UP_Z and _stands_out(actual, expected) and _above_bills(actual, edges):
        return "up"
    if z < DOWN_Z and len(past) >= FULL_HISTORY and today < 0.25 * expected.amount and _never_so_low(actual):
        return "down"
    return None


def _stands_out(actual: Costs, expected: _Expectation) -> bool:
    """Whether the last day rises over what the series does anyway."""
    recent, today = actual[-JUDGED_DAYS - 1 : -1], float(actual[-1])
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
    return float(actual[-1]) < 0.5 * float(np.sort(actual[-JUDGED_DAYS - 1 : -1])[1])


def _softening(recent: Costs) -> float:
    """Added before taking logs, so that a day of nothing has one: a twentieth of a typical day."""
    positive = recent[recent > 0]
    return 0.05 * float(np.median(positive)) if len(positive) else 1.0


def _row(daily: pd.DataFrame, series: Series, verdict: Verdict) -> dict[str, Any]:
    contributor, share = _top_contributor(daily, series, verdict)
    return {
        **series.identity,
        "anomaly_date": verdict.day,
        "direction": verdict.direction,
        "actual_amount": verdict.actual,
        "expected_amount": verdict.expected,
        "excess_amount": verdict.excess,
        "ratio": verdict.actual / verdict.expected if verdict.expected > 0 else None,
        "confidence": verdict.confidence,
        "top_contributor": contributor,
        "explanation": _explain(series.currency, verdict, contributor, share),
    }


def _top_contributor(daily: pd.DataFrame, series: Series, verdict: Verdict) -> tuple[str | None, float]:
    """The provider and model that moved most from its own median of four weeks, and its share of the excess."""
    days = pd.to_datetime(daily["cost_date"])
    window = pd.date_range(end=verdict.day, periods=4 * WEEK + 1, freq="D")
    chosen = (daily["cost_kind"] == series.cost_kind) & (daily["currency"] == series.currency) & days.isin(window)
    if series.series_kind != TOTAL:
        chosen &= daily["provider"] == series.series
    rows = daily[chosen]
    model = rows["model_id"].map(lambda name: f"/{name}" if isinstance(name, str) else "")
    moved = pd.DataFrame({"day": days[chosen], "name": rows["provider"] + model, "amount": rows["cost_amount"]})
    moved["amount"] = moved["amount"].astype(float)
    table = moved.pivot_table(index="day", columns="name", values="amount", aggfunc="sum")
    table = table.reindex(window).fillna(0.0)
    change = (table.iloc[-1] - table.iloc[:-1].median()) / verdict.excess
    name = str(change.idxmax())
    return (name, float(change[name])) if change[name] > 0 else (None, 0.0)


def _explain(currency: str, verdict: Verdict, contributor: str | None, share: float) -> str:
    actual = format_currency(verdict.actual, currency, locale="en_US")
    expected = format_currency(verdict.expected, currency, locale="en_US")
    text = f"{actual} against {expected} expected"
    if 0 < verdict.expected < verdict.actual:
        text += f" ({verdict.actual / verdict.expected:.1f}\N{MULTIPLICATION SIGN})"
    if contributor is None:
        return f"{text}."
    what = "excess" if verdict.direction == "up" else "shortfall"
    part = "most" if share > 0.5 else "the largest part"  # noqa: PLR2004 - more than half is most
    return f"{text}; {part} of the {what} came from {contributor}."
