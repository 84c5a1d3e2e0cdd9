"""Forecasts of every series: 90 days ahead, sums of the usual horizons and of the month, or when they will start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.analytics import models
from pipelines.analytics.intervals import PastErrors
from pipelines.analytics.masks import Calendar
from pipelines.analytics.models import without_gaps
from pipelines.analytics.outlook import LEAST_HISTORY, Outlook, outlooks
from pipelines.analytics.series import Series, daily_series
from pipelines.analytics.usage import UsageForecast, UsageToForecast, forecast_usage

FULL_HISTORY = 28
HORIZONS = (7, 30, 60, 90)

IDENTITY = {"cost_kind": "object", "series_kind": "object", "series": "object", "currency": "object"}
DAILY_COLUMNS = {
    **IDENTITY,
    "forecast_date": "datetime64[ns]",
    "horizon_day": "int64",
    "expected_amount": "float64",
    "lower_80": "float64",
    "upper_80": "float64",
    "lower_95": "float64",
    "upper_95": "float64",
    "method": "object",
    "confidence": "object",
}
TOTAL_COLUMNS = {
    **IDENTITY,
    "horizon": "object",
    "days": "int64",
    "total_amount": "float64",
    "lower_80": "float64",
    "upper_80": "float64",
}
STATUS_COLUMNS = {
    **IDENTITY,
    "days_of_history": "int64",
    "status": "object",
    "delivered_through": "datetime64[ns]",
    "starts_on": "datetime64[ns]",
    "message": "object",
    "thirty_day_pace": "float64",
}


@dataclass(frozen=True)
class Forecasts:
    """The three answers, as the marts rpt_forecasts, rpt_forecast_totals and rpt_forecast_status show them.

    `usage` are the forecasts of usage that they are made of, by key.
    """

    daily: pd.DataFrame
    totals: pd.DataFrame
    status: pd.DataFrame
    usage: dict[str, UsageForecast]


def forecast(
    daily: pd.DataFrame,
    as_of: date,
    missing: pd.DataFrame | None = None,
    *,
    calendar: Calendar | None = None,
    known: Mapping[str, UsageForecast] | None = None,
    workers: int = 1,
) -> Forecasts:
    """Forecast each series of `daily` from its days before `as_of` that were delivered.

    Args:
        daily: rows of int_forecast_costs.
        as_of: the day under way. Days before it that a series has yet to be delivered are forecast too.
        missing: rows of rpt_missing_days; without it, see `daily_series`.
        calendar: see `daily_series`.
        known: forecasts of usage that an earlier call made; what they are of is not forecast again.
        workers: see `forecast_usage`.
    """
    found = outlooks(daily_series(daily, as_of, missing, calendar), as_of)
    forecast_ones = [outlook for outlook in found if outlook.is_forecast]
    asked = [usage for outlook in forecast_ones if (usage := _asked(outlook))]
    made = forecast_usage({usage.key: usage for usage in asked}, known or {}, workers)
    paths = {outlook.series.key: _path(outlook, made) for outlook in forecast_ones}
    days: list[dict[str, Any]] = []
    totals: list[dict[str, Any]] = []
    for outlook in forecast_ones:
        within = [paths[part.series.key] for part in forecast_ones if part.series.is_within(outlook.series)]
        path = _together(outlook, within) if within else paths[outlook.series.key].reindex(outlook.planned.index)
        method, errors = _method(outlook, made)
        days += _days(outlook, np.asarray(path, dtype=np.float64), method, errors)
        totals += _sums(outlook, as_of, np.asarray(path, dtype=np.float64), errors)
    status = [_status(outlook, as_of) for outlook in found]
    return Forecasts(_frame(days, DAILY_COLUMNS), _frame(totals, TOTAL_COLUMNS), _frame(status, STATUS_COLUMNS), made)


def _path(outlook: Outlook, made: Mapping[str, UsageForecast]) -> pd.Series[float]:
    """The expected usage of each day ahead, behind that of the days that were delivered."""
    asked = _asked(outlook)
    days = outlook.planned.index
    if asked is None:
        return pd.Series(0.0, index=days)
    factors = [outlook.series.holidays.get(day, 1.0) for day in days]
    ahead = pd.Series(np.array(made[asked.key].path) * factors, index=days)
    return pd.concat([outlook.series.observed_usage.fillna(0.0), ahead])


def _together(outlook: Outlook, parts: Sequence[pd.Series[float]]) -> pd.Series[float]:
    """What the parts come to on each day ahead; of a part that is there already, what it used."""
    days = outlook.planned.index
    return sum((part.reindex(days, fill_value=0.0) for part in parts), start=pd.Series(0.0, index=days))


def _method(outlook: Outlook, made: Mapping[str, UsageForecast]) -> tuple[str, PastErrors | None]:
    """How its usage is forecast, and its errors; of nothing but known charges there are none."""
    asked = _asked(outlook)
    return ("known charges", None) if asked is None else (made[asked.key].method, made[asked.key].errors)


def _asked(outlook: Outlook) -> UsageToForecast | None:
    return UsageToForecast(outlook.costs, len(outlook.planned)) if outlook.costs is not None else None


def _days(outlook: Outlook, path: models.Path, method: str, errors: PastErrors | None) -> list[dict[str, Any]]:
    confidence = "normal" if outlook.history >= FULL_HISTORY or outlook.costs is None else "low"
    rows = []
    for number, (usage, (day, known)) in enumerate(zip(path.tolist(), outlook.planned.items(), strict=True), 1):
        expected = max(usage + known, 0.0)
        bounds = {
            level: errors.day_bounds(usage, number, level / 100) if errors else (usage, usage) for level in (80, 95)
        }
        rows.append(
            {
                **outlook.series.identity,
                "forecast_date": day,
                "horizon_day": number,
                "expected_amount": expected,
                **_shifted(bounds, known),
                "method": method,
                "confidence": confidence,
            }
        )
    return rows


def _shifted(bounds: dict[int, tuple[float, float]], known: float) -> dict[str, float]:
    """The bounds of usage as those of usage and what is known, which has no width; never below 0."""
    return {
        f"{name}_{level}": max(bound + known, 0.0)
        for level, both in bounds.items()
        for name, bound in zip(("lower", "upper"), both, strict=True)
    }


def _sums(outlook: Outlook, as_of: date, path: models.Path, errors: PastErrors | None) -> list[dict[str, Any]]:
    """The next days from `as_of` on, and the month: what was delivered of it, and the forecast of the rest."""
    series = outlook.series
    first = series.delivered_through + timedelta(days=1)
    late = (as_of - first).days
    month = as_of.replace(day=1)
    next_month = (month + timedelta(days=32)).replace(day=1)
    spent = _spent(series, month)
    spans = [(str(days), days, late, late + days, 0.0) for days in HORIZONS]
    spans.append(
        ("month_end", (next_month - as_of).days, max(0, (month - first).days), (next_month - first).days, spent)
    )
    rows = []
    for name, length, begin, end, delivered in spans:
        usage = float(path[begin:end].sum())
        known = delivered + float(outlook.planned.iloc[begin:end].sum())
        bounds = errors.sum_bounds(usage, end - begin, 0.8, ahead=begin) if errors else (usage, usage)
        rows.append(
            {
                **series.identity,
                "horizon": name,
                "days": length,
                "total_amount": max(usage + known, 0.0),
                **_shifted({80: bounds}, known),
            }
        )
    return rows


def _spent(series: Series, since: date) -> float:
    """What the delivered days from `since` on cost; one between them that was not delivered, at least its weekday's."""
    costs = series.observed
    missing = costs.isna()
    costs[missing] = np.maximum(without_gaps(costs), series.costs.reindex(costs.index))[missing]
    return float(costs[costs.index >= pd.Timestamp(since)].sum())


def _status(outlook: Outlook, as_of: date) -> dict[str, Any]:
    history = outlook.history
    starts_on: date | None = None
    message: str | None = None
    if outlook.stopped_on:
        state, message = "stopped", f"no use since {outlook.stopped_on}: none is forecast"
    elif outlook.is_planned_only:
        state = "ready"
    elif outlook.is_quiet:
        state, message = "waiting", "no cost for eight weeks; forecasts start again with use"
    elif outlook.waits:
        starts_on = as_of + timedelta(days=outlook.waits)
        state = "waiting"
        message = f"{history} of {LEAST_HISTORY} days of history; forecasts start on {starts_on}"
    elif history < FULL_HISTORY:
        state, message = "low_confidence", f"{history} days of history: low confidence below {FULL_HISTORY}"
    else:
        state = "ready"
    return {
        **outlook.series.identity,
        "days_of_history": history,
        "status": state,
        "delivered_through": outlook.series.delivered_through,
        "starts_on": starts_on,
        "message": message,
        "thirty_day_pace": outlook.thirty_day_pace,
    }


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
