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

from pipelines.analytics.forecast import FULL_HISTORY, IDENTITY, LEAST_HISTORY
from pipelines.analytics.series import TOTAL, Series, daily_series

JUDGED_DAYS = 90
WEEK = 7
PAST = 8 * WEEK
UP_Z, DOWN_Z = 3.5, -6.0
LEAST_RATIO_OF_TYPICAL = 0.5
ABOVE_RECENT_PEAK = 1.25
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


@dataclass(frozen=True)
class Verdict:
    """An unusual day: what it cost, what its past led to expect, and how sure a history that long allows to be."""

    day: pd.Timestamp
    direction: str
    actual: float
    expected: float
    confidence: str


def find_anomalies(daily: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The unusual days of the last 90 complete ones, of the total and of each provider.

    Args:
        daily: rows of rpt_daily_costs.
        as_of: the day under way, which is not judged.
    """
    rows: list[dict[str, Any]] = []
    for series in daily_series(daily, as_of):
        for verdict in judge(series.costs):
            contributor = _top_contributor(daily, series, verdict)
            ratio = verdict.actual / verdict.expected if verdict.expected > 0 else None
            rows.append(
                {
                    **series.identity,
                    "anomaly_date": verdict.day,
                    "direction": verdict.direction,
                    "actual_amount": verdict.actual,
                    "expected_amount": verdict.expected,
                    "excess_amount": verdict.actual - verdict.expected,
                    "ratio": ratio,
                    "confidence": verdict.confidence,
                    "top_contributor": contributor,
                    "explanation": _explain(series.currency, verdict, ratio, contributor),
                }
            )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def judge(costs: pd.Series[float], judged_days: int = JUDGED_DAYS) -> Iterator[Verdict]:
    """The unusual days among the last `judged_days`; a day found unusual counts as expected for the days after it."""
    cleaned = costs.astype(float).copy()
    for position in range(max(LEAST_HISTORY, len(costs) - judged_days), len(costs)):
        past = cleaned.iloc[:position]
        actual = float(costs.iloc[position])
        expected, spread = _expectation(past, costs.index[position])
        # Peaks are looked for in what really came, so that a new level is reported once and then accepted.
        verdict = _verdict(past, costs.iloc[max(0, position - JUDGED_DAYS) : position], actual, expected, spread)
        if verdict is not None:
            confidence = "normal" if position >= FULL_HISTORY else "early"
            yield Verdict(costs.index[position], verdict, actual, expected, confidence)
            cleaned.iloc[position] = expected


def _expectation(past: pd.Series[float], day: pd.Timestamp) -> tuple[float, float]:
    """What `past` leads to expect of `day`, and the spread of its log errors, shrunk towards a typical one."""
    recent = past.iloc[-PAST:]
    softening = _softening(recent)
    logs = np.log(recent.to_numpy() + softening)
    weekdays = pd.DatetimeIndex(recent.index).weekday.to_numpy()
    level = float(np.median(logs[-2 * WEEK :]))
    profile = np.array([np.median(logs[weekdays == weekday]) for weekday in range(WEEK)])
    around = profile - np.median(profile)
    expected_log = float(np.median([profile[day.weekday()], level + around[day.weekday()]]))
    residuals = logs - profile[weekdays]
    mad = 1.4826 * float(np.median(np.abs(residuals)))
    count = len(residuals)
    spread = np.sqrt((count * mad**2 + PRIOR_WEIGHT * PRIOR_SPREAD**2) / (count + PRIOR_WEIGHT))
    return max(float(np.exp(expected_log)) - softening, 0.0), float(spread)


def _verdict(
    past: pd.Series[float], recent: pd.Series[float], actual: float, expected: float, spread: float
) -> str | None:
    softening = _softening(past.iloc[-PAST:])
    z = (np.log(actual + softening) - np.log(expected + softening)) / spread
    impact = max(LEAST_IMPACT, LEAST_SHARE_OF_MONTH * float(past.iloc[-30:].sum()))
    if abs(actual - expected) < impact:
        return None
    if z > UP_Z and _stands_out(past, recent, actual, expected):
        return "up"
    if z < DOWN_Z and len(past) >= FULL_HISTORY and actual < 0.25 * expected and _never_so_low(recent, actual):
        return "down"
    return None


def _stands_out(past: pd.Series[float], recent: pd.Series[float], actual: float, expected: float) -> bool:
    """Whether the day rises over what the series does anyway."""
    if len(past) < FULL_HISTORY:
        return actual > EARLY_FACTOR * float(recent.max())
    peak = float(recent.nlargest(2).iloc[-1])
    if float((recent == 0).mean()) > SPARSE_ZERO_SHARE:
        return actual > SPARSE_FACTOR * peak
    typical = float(recent[recent > 0].median())
    return actual - expected > LEAST_RATIO_OF_TYPICAL * typical and actual > ABOVE_RECENT_PEAK * peak


def _never_so_low(recent: pd.Series[float], actual: float) -> bool:
    return actual < 0.5 * float(recent.nsmallest(2).iloc[-1])


def _softening(recent: pd.Series[float]) -> float:
    positive = recent[recent > 0]
    return 0.05 * float(positive.median()) if len(positive) else 1.0


def _top_contributor(daily: pd.DataFrame, series: Series, verdict: Verdict) -> str | None:
    """The provider and model whose cost rose most above its own median of four weeks; None when none did."""
    chosen = daily[(daily["cost_kind"] == series.cost_kind) & (daily["currency"] == series.currency)]
    if series.series_kind != TOTAL:
        chosen = chosen[chosen["provider"] == series.series]
    days = pd.to_datetime(chosen["cost_date"])
    window = chosen[(days <= verdict.day) & (days > verdict.day - pd.Timedelta(days=4 * WEEK + 1))].copy()
    window["cost_amount"] = window["cost_amount"].astype(float)
    window["cost_date"] = pd.to_datetime(window["cost_date"])
    window["name"] = window["provider"] + "/" + window["model_id"].fillna("no model")
    table = window.pivot_table(index="cost_date", columns="name", values="cost_amount", aggfunc="sum", fill_value=0.0)
    if verdict.day not in table.index:
        return None
    position = table.index.get_loc(verdict.day)
    amounts = table.to_numpy()
    others = np.delete(amounts, position, axis=0)
    usual = np.median(others, axis=0) if len(others) else np.zeros(amounts.shape[1])
    excess = (amounts[position] - usual) * (1 if verdict.direction == "up" else -1)
    largest = int(np.argmax(excess))
    return str(table.columns[largest]) if excess[largest] > 0 else None


def _explain(currency: str, verdict: Verdict, ratio: float | None, contributor: str | None) -> str:
    times = "" if ratio is None or verdict.direction == "down" else f" ({ratio:.1f} times)"
    text = f"{currency} {verdict.actual:,.2f} against {verdict.expected:,.2f} expected{times}."
    if contributor is None:
        return text
    moved = "rose" if verdict.direction == "up" else "fell"
    return f"{text} {contributor} {moved} most."
