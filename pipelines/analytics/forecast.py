"""Forecasts of every series: 90 days ahead, sums of the usual horizons and of the month, or when they will start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.analytics import models
from pipelines.analytics.intervals import PastErrors, past_errors
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
    found = daily_series(daily, as_of)
    for series in found:
        status.append(_status(series))
        if len(series.costs) >= LEAST_HISTORY and not is_quiet(series.costs):
            costs = models.Costs.of(series.costs, [part.costs for part in found if part.is_within(series)])
            series_days, series_totals = _forecast_one(series, costs, as_of)
            days += series_days
            totals += series_totals
    return Forecasts(_frame(days, DAILY_COLUMNS), _frame(totals, TOTAL_COLUMNS), _frame(status, STATUS_COLUMNS))


def expected_path(costs: models.Costs, horizon: int) -> tuple[models.Path, str]:
    """The expected amounts of the next days, and which method gave them."""
    irregular = models.irregular_path(costs.irregular, horizon)
    if not costs.has_a_week:
        return irregular, "irregular"
    weekly = models.weekly_paths(costs.regular, horizon)
    try:
        paths = [models.prophet_path(costs.regular, horizon), *weekly]
    except (RuntimeError, ValueError):
        # Prophet's optimiser gives up on some shapes of series; the others still know the week.
        return irregular + np.mean(weekly, axis=0), "weekday profiles"
    return irregular + np.median(paths, axis=0), "prophet and weekday profiles"


def is_quiet(values: pd.Series[float]) -> bool:
    """Whether nothing was spent for eight weeks."""
    return bool((values.iloc[-8 * models.WEEK :] == 0).all())


def _forecast_one(
    series: Series, costs: models.Costs, as_of: date
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    path, method = expected_path(costs, LONGEST_HORIZON)
    errors = past_errors(costs)
    return _days(series, as_of, path, method, errors), _sums(series, as_of, path, errors)


def _days(series: Series, as_of: date, path: models.Path, method: str, errors: PastErrors) -> list[dict[str, Any]]:
    confidence = "normal" if len(series.costs) >= FULL_HISTORY else "low"
    rows = []
    for number, expected in enumerate(path.tolist(), 1):
        lower_80, upper_80 = errors.day_bounds(expected, number, 0.8)
        lower_95, upper_95 = errors.day_bounds(expected, number, 0.95)
        rows.append(
            {
                **series.identity,
                "forecast_date": as_of + timedelta(days=number - 1),
                "horizon_day": number,
                "expected_amount": expected,
                "lower_80": lower_80,
                "upper_80": upper_80,
                "lower_95": lower_95,
                "upper_95": upper_95,
                "method": method,
                "confidence": confidence,
            }
        )
    return rows


def _sums(series: Series, as_of: date, path: models.Path, errors: PastErrors) -> list[dict[str, Any]]:
    month = as_of.replace(day=1)
    next_month = (month + timedelta(days=32)).replace(day=1)
    spent = float(series.costs[series.costs.index >= pd.Timestamp(month)].sum())
    horizons = [(str(days), days, 0.0) for days in HORIZONS] + [("month_end", (next_month - as_of).days, spent)]
    rows = []
    for name, length, known in horizons:
        expected = float(path[:length].sum())
        lower, upper = errors.sum_bounds(expected, length, 0.8)
        rows.append(
            {
                **series.identity,
                "horizon": name,
                "days": length,
                "total_amount": known + expected,
                "lower_80": known + lower,
                "upper_80": known + upper,
            }
        )
    return rows


def _status(series: Series) -> dict[str, Any]:
    history = len(series.costs)
    starts_on = series.costs.index[0].date() + timedelta(days=LEAST_HISTORY) if history else None
    state: str
    message: str | None
    if is_quiet(series.costs):
        state, starts_on = "waiting", None
        message = "no cost for eight weeks; forecasts start again with use"
    elif history < LEAST_HISTORY:
        state = "waiting"
        message = f"{history} of {LEAST_HISTORY} days of history; forecasts start on {starts_on}"
    elif history < FULL_HISTORY:
        state, starts_on = "low_confidence", None
        message = f"{history} days of history: low confidence below {FULL_HISTORY}"
    else:
        state, starts_on, message = "ready", None, None
    return {
        **series.identity,
        "days_of_history": history,
        "status": state,
        "starts_on": starts_on,
        "message": message,
    }


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
