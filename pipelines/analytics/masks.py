"""Days that are no measure of what is usual, such as a spike that a person said was an error or expected.

Belongs here: which days of which costs they are, and what stands for them when a forecast learns. Does not: finding
them, or what was spent, which they leave as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.analytics.models import without_gaps


@dataclass(frozen=True)
class Mask:
    """Some days of the costs whose columns have the values of `scope`; an empty one is everything."""

    days: pd.DatetimeIndex
    scope: Mapping[str, str] = field(default_factory=dict)

    def covers(self, rows: pd.DataFrame) -> NDArray[np.bool_]:
        """Which rows are within its scope, on whatever day."""
        covered = np.ones(len(rows), dtype=bool)
        for column, value in self.scope.items():
            covered &= (rows[column] == value).to_numpy()
        return covered


def without_masked(rows: pd.DataFrame, delivered: pd.Series[bool], masks: Iterable[Mask]) -> pd.Series[float]:
    """Cost by day of `delivered`, with what is masked at what its weekday costs, see `without_gaps`.

    Args:
        rows: cost_date, cost_amount and the columns of scopes.
        delivered: of each day whether its data has arrived.
        masks: where two of them cover the same day of the same rows, the one with the wider scope counts.
    """
    days = pd.DatetimeIndex(delivered.index)
    dates = pd.DatetimeIndex(rows["cost_date"])
    left = np.ones(len(rows), dtype=bool)
    instead = pd.Series(0.0, index=days)
    earlier: list[tuple[NDArray[np.bool_], pd.DatetimeIndex]] = []
    for mask in sorted(masks, key=lambda mask: (len(mask.scope), sorted(mask.scope.items()))):
        covered = mask.covers(rows)
        masked = mask.days.intersection(days)
        for others, their_days in earlier:
            if (covered & others).any():
                masked = masked.difference(their_days)
        known = by_day(rows[covered], days).where(delivered)
        known = known[(known.fillna(0.0) != 0).cummax()].where(lambda costs, days=masked: ~costs.index.isin(days))
        if masked.empty or not covered.any():
            continue
        earlier.append((covered, masked))
        left &= ~(covered & dates.isin(masked))
        usual = known.fillna(0.0) if known.isna().all() else without_gaps(known)
        instead = instead.add(usual.reindex(masked), fill_value=0.0)
    return by_day(rows[left], days) + instead


def by_day(rows: pd.DataFrame, days: pd.DatetimeIndex) -> pd.Series[float]:
    """The sum of each of `days`; a day without a row costs 0."""
    return rows.groupby("cost_date")["cost_amount"].sum().reindex(days, fill_value=0.0)
