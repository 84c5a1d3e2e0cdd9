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
    "delivered_through": "datetime64[ns]",
    "starts_on": "datetime64[ns]",
    "message": "object",
}


@dataclass(frozen=True)
class Forecasts:
    """The three answers, as the marts rpt_forecasts, rpt_forecast_totals and rpt_forecast_status show them."""

    daily: pd.DataFrame
    totals: pd.DataFrame
    status: pd.DataFrame


def forecast(daily: pd.DataFrame, as_of: date, missing: pd.DataFrame | None = None) -> Forecasts:
    """Forecast each series of `daily` from its days before `as_of` that were delivered.

    Args:
        daily: rows of rpt_daily_costs.
        as_of: the day under way. Days before it that a series has yet to be delivered are forecast too.
        missing: rows of rpt_missing_days; without it, see `daily_series`.
    """
    days: list[dict[str, Any]] = []
    totals: list[dict[str, Any]] = []
    status: list[dict[str, Any]] = []
    found = daily_series(daily, as_of, missing)
    for series in found:
        status.append(_status(series, as_of))
        observed = series.observed
        if observed.notna().sum() >= LEAST_HISTORY and not is_quiet(observed):
            parts = [models.without_gaps(part.observed) for part in found if part.is_within(series)]
            costs = models.Costs.of(models.without_gaps(observed), parts)
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
    late = (as_of - series.delivered_through).days - 1
    path, method = expected_path(costs, late + LONGEST_HORIZON)
    errors = past_errors(costs)
    return _days(series, path, method, errors), _sums(series, as_of, path, errors)


def _days(series: Series, path: models.Path, method: str, errors: PastErrors) -> list[dict[str, Any]]:
    confidence = "normal" if series.observed.notna().sum() >= FULL_HISTORY else "low"
    rows = []
    for number, expected in enumerate(path.tolist(), 1):
        lower_80, upper_80 = errors.day_bounds(expected, number, 0.8)
        lower_95, upper_95 = errors.day_bounds(expected, number, 0.95)
        rows.append(
            {
                **series.identity,
                "forecast_date": series.delivered_through + timedelta(days=number),
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
    """The next days from `as_of` on, and the month: what was delivered of it, and the forecast of the rest."""
    first = series.delivered_through + timedelta(days=1)
    late = (as_of - first).days
    month = as_of.replace(day=1)
    next_month = (month + timedelta(days=32)).replace(day=1)
    observed = series.observed
    spent = float(observed[observed.index >= pd.Timestamp(month)].sum())
    spans = [(str(days), days, late, late + days, 0.0) for days in HORIZONS]
    spans.append(
        ("month_end", (next_month - as_of).days, max(0, (month - first).days), (next_month - first).days, spent)
    )
    rows = []
    for name, length, begin, end, known in spans:
        expected = float(path[begin:end].sum())
        lower, upper = errors.sum_bounds(expected, end - begin, 0.8, ahead=begin)
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


def _status(series: Series, as_of: date) -> dict[str, Any]:
    observed = series.observed
    history = int(observed.notna().sum())
    starts_on: date | None = as_of + timedelta(days=LEAST_HISTORY - history)
    state: str
    message: str | None
    if is_quiet(observed):
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
        "delivered_through": series.delivered_through,
        "starts_on": starts_on,
        "message": message,
    }


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
