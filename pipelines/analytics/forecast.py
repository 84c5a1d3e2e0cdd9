"""Forecasts of every series: 90 days ahead, sums of the usual horizons and of the month, or when they will start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.analytics import models
from pipelines.analytics.intervals import past_errors
from pipelines.analytics.series import Series, daily_series

LEAST_HISTORY = 14
"""Days; below this a forecast would be a guess."""
FULL_HISTORY = 28
LONGEST_HORIZON = 90
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
    "starts_on": "datetime64[ns]",
    "message": "object",
}


@dataclass(frozen=True)
class Forecasts:
    """The three answers, as the marts rpt_forecasts, rpt_forecast_totals and rpt_forecast_status show them."""

    daily: pd.DataFrame
    totals: pd.DataFrame
    status: pd.DataFrame


def forecast(daily: pd.DataFrame, as_of: date) -> Forecasts:
    """Forecast each series of `daily` from the days before `as_of`.

    Args:
        daily: rows of rpt_daily_costs.
        as_of: the day under way, the first that is forecast.
    """
    days: list[dict[str, Any]] = []
    totals: list[dict[str, Any]] = []
    status: list[dict[str, Any]] = []
    for series in daily_series(daily, as_of):
        status.append(_status(series))
        if len(series.costs) >= LEAST_HISTORY and not is_quiet(series.costs):
            series_days, series_totals = _forecast_one(series, as_of)
            days += series_days
            totals += series_totals
    return Forecasts(_frame(days, DAILY_COLUMNS), _frame(totals, TOTAL_COLUMNS), _frame(status, STATUS_COLUMNS))


def expected_path(values: pd.Series[float], horizon: int) -> tuple[models.Path, str]:
    """The expected amounts of the next days, and which method gave them."""
    if models.is_irregular(values):
        return models.irregular_path(values, horizon), "irregular"
    plain = [models.weekday_mean_path(values, horizon), models.recent_level_path(values, horizon)]
    try:
        paths = [models.prophet_path(values, horizon), *plain]
    except (RuntimeError, ValueError):
        # Prophet's optimiser gives up on some shapes of series; the others still know the week.
        return np.mean(plain, axis=0), "weekday profiles"
    return np.median(paths, axis=0), "prophet and weekday profiles"


def is_quiet(values: pd.Series[float]) -> bool:
    """Whether nothing was spent for eight weeks."""
    return bool((values.iloc[-8 * models.WEEK :] == 0).all())


def _forecast_one(series: Series, as_of: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    values = series.costs
    path, method = expected_path(values, LONGEST_HORIZON)
    errors = past_errors(values)
    confidence = "normal" if len(values) >= FULL_HISTORY else "low"
    days = []
    for number, expected in enumerate(path.tolist(), 1):
        lower_80, upper_80 = errors.day_bounds(expected, number, 0.8)
        lower_95, upper_95 = errors.day_bounds(expected, number, 0.95)
        days.append(
            {
                **series.identity,
                "forecast_date": as_of + timedelta(days=number - 1),
                "horizon_day": number,
                "expected_amount": expected,
                "lower_80": lower_80,
                "upper_80": upper_80,
                "lower_95": min(lower_95, lower_80),
                "upper_95": max(upper_95, upper_80),
                "method": method,
                "confidence": confidence,
            }
        )
    month_end = (as_of.replace(day=1) + timedelta(days=32)).replace(day=1)
    spent = float(values[values.index >= pd.Timestamp(as_of.replace(day=1))].sum())
    lengths = [(str(horizon), horizon, 0.0) for horizon in HORIZONS]
    lengths.append(("month_end", (month_end - as_of).days, spent))
    totals = []
    for name, length, known in lengths:
        expected = float(path[:length].sum())
        lower, upper = errors.total_bounds(expected, length, 0.8)
        totals.append(
            {
                **series.identity,
                "horizon": name,
                "days": length,
                "total_amount": known + expected,
                "lower_80": known + lower,
                "upper_80": known + upper,
            }
        )
    return days, totals


def _status(series: Series) -> dict[str, Any]:
    history = len(series.costs)
    starts_on = series.costs.index[0].date() + timedelta(days=LEAST_HISTORY) if history else None
    if is_quiet(series.costs):
        message, state, starts_on = "no cost for eight weeks; forecasts start again with use", "waiting", None
    elif history < LEAST_HISTORY:
        message = f"{history} of {LEAST_HISTORY} days of history; forecasts start on {starts_on}"
        state = "waiting"
    elif history < FULL_HISTORY:
        message, state, starts_on = (
            f"{history} days of history: low confidence below {FULL_HISTORY}",
            "low_confidence",
            None,
        )
    else:
        message, state, starts_on = None, "ready", None
    return {
        **series.identity,
        "days_of_history": history,
        "status": state,
        "starts_on": starts_on,
        "message": message,
    }


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
