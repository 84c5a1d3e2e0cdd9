"""Daily series out of the daily costs: one for the total and one for each provider, per cost kind and currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

TOTAL = "total"


@dataclass(frozen=True)
class Series:
    """Cost per UTC day from the first day with a cost to the last complete day; a day without a row cost 0."""

    cost_kind: str
    series_kind: str
    series: str
    currency: str
    costs: pd.Series[float]

    @property
    def identity(self) -> dict[str, str]:
        """The columns that name this series in every answer."""
        return {
            "cost_kind": self.cost_kind,
            "series_kind": self.series_kind,
            "series": self.series,
            "currency": self.currency,
        }

    def is_within(self, total: Series) -> bool:
        """Whether this is one of the series that `total` is the sum of."""
        same = (self.cost_kind, self.currency) == (total.cost_kind, total.currency)
        return same and total.series_kind == TOTAL != self.series_kind


def daily_series(daily: pd.DataFrame, as_of: date) -> list[Series]:
    """The series of `daily`, in a fixed order.

    Args:
        daily: rows with cost_date, provider, cost_kind, currency and cost_amount, as rpt_daily_costs has them.
        as_of: the day under way, which is not complete; it and later days are left out.
    """
    complete = daily[["cost_date", "provider", "cost_kind", "currency", "cost_amount"]].copy()
    complete["cost_date"] = pd.to_datetime(complete["cost_date"])
    complete["cost_amount"] = complete["cost_amount"].astype(float)
    complete = complete[complete["cost_amount"].notna() & (complete["cost_date"] < pd.Timestamp(as_of))]
    # Sums of floats depend on the order of rows, which a table has none of.
    complete = complete.sort_values(list(complete.columns))
    last = pd.Timestamp(as_of - timedelta(days=1))
    found = []
    for (kind, currency), group in complete.groupby(["cost_kind", "currency"], sort=True):
        parts = [(TOTAL, TOTAL, group)]
        parts += [("provider", str(name), rows) for name, rows in group.groupby("provider", sort=True)]
        for series_kind, name, rows in parts:
            by_day = rows.groupby("cost_date")["cost_amount"].sum()
            days = pd.date_range(by_day.index.min(), last, freq="D")
            found.append(Series(str(kind), series_kind, name, str(currency), by_day.reindex(days, fill_value=0.0)))
    return found
