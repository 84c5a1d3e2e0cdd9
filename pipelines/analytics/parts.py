"""What a total is forecast for its accounts, projects, cost centres, keys and models: each kind comes to the total.

Belongs here: the outlooks of parts, and bringing them to the total. Does not: which parts there are, see
int_forecast_parts, or providers, which the total is the sum of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pipelines.analytics.models import WEEK, Costs, without_gaps
from pipelines.analytics.outlook import LEAST_HISTORY, Outlook
from pipelines.analytics.series import Series

ENDED = 4 * WEEK
"""A part without use for so many days is forecast as nothing."""
CHARGED_LATELY = 90
"""Days: known charges are divided as those of so many were."""


def part_outlooks(total: Outlook, rows: pd.DataFrame, forecast_providers: Sequence[str]) -> Iterator[Outlook]:
    """The outlook of each part of a total, in a fixed order.

    Args:
        total: the total, which has usage to forecast.
        rows: rows of int_forecast_parts of its cost kind and currency, in any order.
        forecast_providers: those whose usage is in the total's forecast.
    """
    days = pd.DatetimeIndex(total.series.costs.index)
    rows = rows.sort_values(["cost_date", "provider", "cost_amount", "usage_amount"])
    for kind, of_kind in rows.groupby("series_kind", sort=True):
        charged = _charged(of_kind, days)
        for name, of_part in of_kind.groupby("series", sort=True):
            used = of_part[of_part["provider"].isin(list(forecast_providers))]
            usage = _by_day(used, "usage_amount", days)
            series = replace(
                total.series,
                series_kind=str(kind),
                series=str(name),
                costs=_by_day(of_part, "cost_amount", days),
                usage=usage,
                holidays={},
            )
            share = float(charged.get(name, 0.0))
            history = int(series.observed_usage.notna().sum())
            yield Outlook(series, _costs(series), total.planned * share, history, waits=0, is_part=True)


def reconciled(
    total: pd.Series[float], paths: Mapping[tuple[str, ...], pd.Series[float]]
) -> dict[tuple[str, ...], pd.Series[float]]:
    """The paths of the parts of one kind, each day by the same factor, so that they come to the total.

    On a day of which no part expects anything they have their shares of the other days, or equal ones.
    """
    expected = pd.DataFrame(dict(enumerate(paths.values()))).reindex(total.index, fill_value=0.0)
    shares = expected.mean()
    usual = shares / shares.sum() if shares.sum() > 0 else shares * 0.0 + 1.0 / len(shares)
    sums = expected.sum(axis=1)
    divided = expected.div(sums.where(sums > 0), axis=0)
    divided = divided.where(sums > 0, pd.DataFrame([usual] * len(total), index=total.index))
    return {key: divided[number] * total for number, key in enumerate(paths)}


def _charged(rows: pd.DataFrame, days: pd.DatetimeIndex) -> pd.Series[float]:
    """By part its share of the charges of the last days and of those ahead; of usage where there are none."""
    lately = rows[rows["cost_date"] > days[-1] - pd.Timedelta(days=CHARGED_LATELY)]
    for amounts in (lately["cost_amount"] - lately["usage_amount"], lately["cost_amount"], rows["cost_amount"]):
        sums = amounts.clip(lower=0).groupby(rows["series"].reindex(amounts.index)).sum()
        if sums.sum() > 1e-9:  # noqa: PLR2004 - less is what rounding left
            return sums / sums.sum()
    return pd.Series(dtype=float)


def _costs(series: Series) -> Costs | None:
    """Its usage from its first day on, as two weeks at least; None where there was none lately."""
    usage = series.usage.where(series.delivered).loc[: pd.Timestamp(series.delivered_through)].clip(lower=0)
    used = np.flatnonzero(usage.fillna(0.0).to_numpy())
    if not len(used) or used[-1] < len(usage) - ENDED or len(usage) < LEAST_HISTORY:
        return None
    since_first = usage.where(np.arange(len(usage)) >= used[0])
    return Costs.of(without_gaps(since_first.iloc[min(int(used[0]), len(usage) - LEAST_HISTORY) :]))


def _by_day(rows: pd.DataFrame, column: str, days: pd.DatetimeIndex) -> pd.Series[float]:
    return rows.groupby("cost_date")[column].sum().reindex(days, fill_value=0.0)
