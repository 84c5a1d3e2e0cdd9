"""What the plain profiles of a regular series were at its earlier days, and how steep it was: each made only once.

Its growth (drift.py), its errors (intervals.py) and its backtest look at the same earlier days. Belongs here: what
those have in common. Does not: judging it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.analytics.models import WEEK, Path, weekly_paths, without_spikes

SLOPE_WEEKS, LEAST_SLOPE_WEEKS = 26, 6
STEEPEST = 0.04
"""Growth of the log of a week: 19 % in 30 days. Nothing that is steeper goes on for long."""


class PlainPast:
    """The earlier days of a regular series; a cutoff is how many of its days were known."""

    def __init__(self, values: pd.Series[float]) -> None:
        self._values = values
        self._weeks: dict[int, Path] = {}
        self._slopes: dict[int, float] = {}

    def week(self, cutoff: int) -> Path:
        """The mean of the profiles of the next seven days, as of a cutoff."""
        if cutoff not in self._weeks:
            self._weeks[cutoff] = np.mean(weekly_paths(self._values.iloc[:cutoff], WEEK), axis=0)
        return self._weeks[cutoff]

    def slope(self, cutoff: int) -> float:
        """The median slope between the weeks of the last half year as of a cutoff, 0 where they are too few."""
        if cutoff not in self._slopes:
            self._slopes[cutoff] = _slope(self._values.iloc[:cutoff])
        return self._slopes[cutoff]


def _slope(values: pd.Series[float]) -> float:
    calm = without_spikes(values, SLOPE_WEEKS)
    weeks = len(calm) // WEEK
    if weeks < LEAST_SLOPE_WEEKS:
        return 0.0
    sums = calm.to_numpy()[-weeks * WEEK :].reshape(weeks, WEEK).mean(axis=1)
    logs = np.log(sums + 0.02 * sums.mean() + 1e-12)
    first, second = np.triu_indices(weeks, 1)
    slope = np.median((logs[second] - logs[first]) / (second - first))
    return float(np.clip(slope, -STEEPEST, STEEPEST))
