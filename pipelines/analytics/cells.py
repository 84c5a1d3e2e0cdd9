"""Daily costs of one cost kind and currency as a matrix of cells and days, and the series tested for anomalies.

A cell is a combination of provider, account, model, project, key and person. Belongs here: sums of cells by day, and
which days were delivered. Does not: what is unusual about them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.analytics.series import IMMATERIAL_SHARE, TOTAL

DIMENSIONS = ("provider", "model_id", "project", "api_key", "person")
LEVELS = (TOTAL, "provider", "project", "api_key")
"""Where anomalies are looked for, the broadest first."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CostCells:
    """Amounts and tokens of each cell and day; `labels` names the cells, with "" for what is not reported."""

    cost_kind: str
    currency: str
    days: pd.DatetimeIndex
    labels: pd.DataFrame
    amounts: NDArray[np.float64]
    tokens: NDArray[np.float64]
    missing: Mask

    def at(self, day: pd.Timestamp) -> int:
        """The place of `day` among the days."""
        return int((day - self.days[0]).days)

    def series(self) -> Iterator[LevelSeries]:
        """The total, and each provider, project and key that is named, in a fixed order."""
        for level in LEVELS:
            names = [TOTAL] if level == TOTAL else sorted(set(self.labels[level]) - {""})
            for name in names:
                mask = np.ones(len(self.labels), bool) if level == TOTAL else (self.labels[level] == name).to_numpy()
                spent = np.flatnonzero(self.amounts[mask].any(axis=0))
                if len(spent):
                    yield LevelSeries(self, level, name, mask, int(spent[0]))


@dataclass(frozen=True, eq=False)
class LevelSeries:
    """The sum of the cells of one total, provider, project or key, from its first day with a cost on."""

    cells: CostCells
    level: str
    name: str
    mask: Mask
    first: int

    @property
    def costs(self) -> pd.Series[float]:
        """Cost by day; NaN where a material part was not delivered."""
        amounts = self.cells.amounts[self.mask]
        weights = amounts.clip(0).sum(axis=1)
        share = weights / (weights.sum() or 1.0)
        late = share @ self.cells.missing[self.mask] > IMMATERIAL_SHARE
        costs = np.where(late, np.nan, amounts.sum(axis=0))[self.first :]
        return pd.Series(costs, index=self.cells.days[self.first :])


def cost_cells(costs: pd.DataFrame, as_of: date, missing: pd.DataFrame | None = None) -> list[CostCells]:
    """The cells of each cost kind and currency, in a fixed order.

    Args:
        costs: rows of int_anomaly_costs.
        as_of: the day under way, which is not complete; it and later days are left out.
        missing: rows with provider, account_name, cost_kind and missing_date: the days that were not delivered.
    """
    keys = ["cost_kind", "currency", "account_name", *DIMENSIONS]
    complete = costs.copy()
    complete["cost_date"] = pd.to_datetime(complete["cost_date"])
    for name in ("cost_amount", "total_tokens"):
        complete[name] = complete[name].astype(float)
    complete = complete[complete["cost_amount"].notna() & (complete["cost_date"] < pd.Timestamp(as_of))]
    complete[keys] = complete[keys].fillna("")
    # Sums of floats depend on the order of rows, which a table has none of.
    complete = complete.sort_values([*keys, "cost_date", "cost_amount", "total_tokens"])
    found = []
    for (kind, currency), rows in complete.groupby(["cost_kind", "currency"], sort=True):
        days = pd.date_range(rows["cost_date"].min(), as_of - timedelta(days=1), freq="D")
        found.append(_of_one_currency(str(kind), str(currency), days, rows, missing))
    return found


def _of_one_currency(
    kind: str, currency: str, days: pd.DatetimeIndex, rows: pd.DataFrame, missing: pd.DataFrame | None
) -> CostCells:
    names = ["account_name", *DIMENSIONS]
    cells = rows.groupby(names, sort=True).ngroup().to_numpy()
    labels = rows.drop_duplicates(names)[names].sort_values(names).reset_index(drop=True)
    at = (cells, (rows["cost_date"] - days[0]).dt.days.to_numpy())
    amounts, tokens = np.zeros((len(labels), len(days))), np.zeros((len(labels), len(days)))
    np.add.at(amounts, at, rows["cost_amount"].to_numpy())
    np.add.at(tokens, at, rows["total_tokens"].fillna(0).to_numpy())
    late = np.zeros((len(labels), len(days)), bool)
    if missing is not None:
        gaps = missing[missing["cost_kind"] == kind].fillna({"account_name": ""})
        for (provider, account), rows_of_it in gaps.groupby(["provider", "account_name"]):
            mine = ((labels["provider"] == provider) & (labels["account_name"] == account)).to_numpy()
            late[np.ix_(mine, days.isin(pd.to_datetime(rows_of_it["missing_date"])))] = True
    return CostCells(kind, currency, days, labels, amounts, tokens, late)
