"""Forecasts of every series: 90 days ahead, sums of the usual horizons and of the month, or when they will start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from pipelines.analytics import backtest, models
from pipelines.analytics.baselines import BASELINES
from pipelines.analytics.intervals import PastErrors
from pipelines.analytics.masks import Calendar
from pipelines.analytics.models import without_gaps
from pipelines.analytics.outlook import LEAST_HISTORY, Outlook, outlooks
from pipelines.analytics.parts import part_outlooks, reconciled
from pipelines.analytics.series import TOTAL, Series, daily_series
from pipelines.analytics.time_limit import SECONDS_EACH
from pipelines.analytics.usage import UsageForecast, UsageToForecast, forecast_usage

FULL_HISTORY = 28
HORIZONS = (7, 30, 60, 90)
SUM = "sum of the forecasts of all providers"
MOST_TESTED = 24
"""Series whose accuracy is measured: those with most usage in their last four weeks."""

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
COLUMNS = {
    "daily": DAILY_COLUMNS,
    "totals": TOTAL_COLUMNS,
    "status": STATUS_COLUMNS,
    "backtest": {**IDENTITY, **backtest.COLUMNS},
}


@dataclass(frozen=True)
class Forecasts:
    """What the marts rpt_forecasts, rpt_forecast_totals, rpt_forecast_status and rpt_forecast_accuracy show.

    `usage` are the forecasts of usage that they are made of, by key.
    """

    daily: pd.DataFrame
    totals: pd.DataFrame
    status: pd.DataFrame
    backtest: pd.DataFrame
    usage: dict[str, UsageForecast]


def forecast(
    daily: pd.DataFrame,
    as_of: date,
    missing: pd.DataFrame | None = None,
    *,
    parts: pd.DataFrame | None = None,
    calendar: Calendar | None = None,
    known: Mapping[str, UsageForecast] | None = None,
    workers: int = 1,
    seconds_each: float = SECONDS_EACH,
) -> Forecasts:
    """Forecast each series of `daily` from its days before `as_of` that were delivered.

    Args:
        daily: rows of int_forecast_costs.
        as_of: the day under way. Days before it that a series has yet to be delivered are forecast too.
        missing: rows of rpt_missing_days; without it, see `daily_series`.
        parts: rows of int_forecast_parts; without it totals and providers are forecast.
        calendar: see `daily_series`.
        known: forecasts of usage that an earlier call made; what they are of is not forecast again.
        workers: see `forecast_usage`.
        seconds_each: what one series may take; what is not ready by then is left out, and its status says so.
    """
    found = outlooks(daily_series(daily, as_of, missing, calendar), as_of)
    found += [part for total in found for part in _parts_of(total, found, parts)]
    asked = {key: replace(usage, seconds=seconds_each) for key, usage in _asked(found).items()}
    made = forecast_usage({usage.key: usage for usage in asked.values()}, known or {}, workers)
    usages = {key: made[usage.key] for key, usage in asked.items()}
    rows = _rows(found, as_of, usages)
    return Forecasts(**{name: _frame(rows[name], columns) for name, columns in COLUMNS.items()}, usage=made)


def _rows(
    found: Sequence[Outlook], as_of: date, usages: Mapping[tuple[str, ...], UsageForecast]
) -> dict[str, list[dict[str, Any]]]:
    """The rows of each answer."""
    paths = _paths([outlook for outlook in found if outlook.is_forecast], usages)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    for outlook in found:
        usage = usages.get(outlook.series.key)
        is_sum = len([part for part in found if part.is_forecast and part.is_provider_of(outlook)]) > 1
        if outlook.is_forecast:
            path = np.asarray(paths[outlook.series.key], dtype=np.float64)
            method, errors = _method(usage, is_sum=is_sum)
            rows["daily"] += _days(outlook, path, method, errors)
            rows["totals"] += _sums(outlook, as_of, path, errors)
        rows["status"].append(_status(outlook, as_of, usage, is_sum=is_sum))
        if usage and usage.backtest:
            published = usage.method if usage.method in BASELINES and not is_sum else backtest.FORECAST
            rows["backtest"] += [{**outlook.series.identity, **row} for row in backtest.rows(usage.backtest, published)]
    return rows


def _parts_of(total: Outlook, found: Sequence[Outlook], parts: pd.DataFrame | None) -> list[Outlook]:
    if parts is None or total.costs is None or total.series.series_kind != TOTAL:
        return []
    series = total.series
    providers = [each.series.series for each in found if each.is_provider_of(total) and each.costs is not None]
    rows = parts[(parts["cost_kind"] == series.cost_kind) & (parts["currency"] == series.currency)]
    return list(part_outlooks(total, rows.assign(cost_date=pd.to_datetime(rows["cost_date"])), providers))


def _paths(
    found: Sequence[Outlook], usages: Mapping[tuple[str, ...], UsageForecast]
) -> dict[tuple[str, ...], pd.Series[float]]:
    """The expected usage on the days ahead: a total is the sum of its providers, and other parts come to it."""
    alone = {outlook.series.key: _path(outlook, usages.get(outlook.series.key)) for outlook in found}
    paths = {outlook.series.key: alone[outlook.series.key].reindex(outlook.planned.index) for outlook in found}
    for total in (outlook for outlook in found if outlook.series.series_kind == TOTAL):
        providers = [alone[outlook.series.key] for outlook in found if outlook.is_provider_of(total)]
        if providers:
            paths[total.series.key] = _together(total, providers)
        parts = [outlook.series for outlook in found if outlook.is_part and outlook.series.is_within(total.series)]
        for kind in sorted({part.series_kind for part in parts}):
            of_kind = {part.key: paths[part.key] for part in parts if part.series_kind == kind}
            paths |= reconciled(paths[total.series.key], of_kind)
    return paths


def _path(outlook: Outlook, usage: UsageForecast | None) -> pd.Series[float]:
    """The expected usage of each day ahead, behind that of the days that were delivered."""
    days = outlook.planned.index
    if usage is None:
        return pd.Series(0.0, index=days)
    factors = [outlook.series.holidays.get(day, 1.0) for day in days]
    ahead = pd.Series(np.array(usage.path) * factors, index=days)
    return pd.concat([outlook.series.observed_usage.fillna(0.0), ahead])


def _together(outlook: Outlook, parts: Sequence[pd.Series[float]]) -> pd.Series[float]:
    """What the parts come to on each day ahead; of a part that is there already, what it used."""
    days = outlook.planned.index
    return sum((part.reindex(days, fill_value=0.0) for part in parts), start=pd.Series(0.0, index=days))


def _method(usage: UsageForecast | None, *, is_sum: bool) -> tuple[str, PastErrors | None]:
    """How its usage is forecast, and its errors; of nothing but known charges there are none."""
    if usage is None:
        return "known charges", None
    return (SUM if is_sum and usage.method in BASELINES else usage.method), usage.errors


def _asked(outlooks: list[Outlook]) -> dict[tuple[str, ...], UsageToForecast]:
    """What is to be forecast of each that is used; the largest are tested as well, but for parts."""
    used = {each.series.key: (each.costs, len(each.planned)) for each in outlooks if each.costs}
    parts = {each.series.key for each in outlooks if each.is_part}
    whole = {key: costs for key, (costs, _) in used.items() if key not in parts}
    recent = {key: float(costs.whole.iloc[-FULL_HISTORY:].sum()) for key, costs in whole.items()}
    largest = set(sorted(recent, key=lambda key: recent[key], reverse=True)[:MOST_TESTED])
    return {key: UsageToForecast(*usage, is_tested=key in largest, is_part=key in parts) for key, usage in used.items()}


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


def _status(outlook: Outlook, as_of: date, usage: UsageForecast | None, *, is_sum: bool) -> dict[str, Any]:
    history = outlook.history
    starts_on: date | None = None
    message: str | None = None
    if outlook.stopped_on:
        state, message = "stopped", f"no use since {outlook.stopped_on}: none is forecast"
    elif outlook.is_planned_only or (outlook.is_part and outlook.costs is None):
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
        state, message = "ready", _nearer(usage) if usage and not is_sum else None
    if usage and usage.out_of_time:
        message = "; ".join(filter(None, (message, "not all methods were ready in time")))
    return {
        **outlook.series.identity,
        "days_of_history": history,
        "status": state,
        "delivered_through": outlook.series.delivered_through,
        "starts_on": starts_on,
        "message": message,
        "thirty_day_pace": outlook.thirty_day_pace,
    }


def _nearer(usage: UsageForecast) -> str | None:
    """Which baseline is published in place of the forecast, and why."""
    nearest = usage.backtest.nearest_baseline if usage.backtest else None
    usual = usage.backtest.of(backtest.FORECAST, backtest.REPORTED_AT) if usage.backtest else None
    if nearest is None or usual is None or nearest.method != usage.method:
        return None
    if nearest.ratio is None or usual.ratio is None:
        return f"{nearest.method} was nearer"
    return f"{nearest.method} was nearer: {nearest.ratio:.0%} against {usual.ratio:.0%}"


def _frame(rows: list[dict[str, Any]], columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)
