"""How the level of a regular series moves on: a little more each week, as AI use does, unless its past says otherwise.

A slope that is extrapolated as it is costs more than it wins, and a level that is held is too low on average. So the
weekly growth of a series is weighed against what is usual, by how surely its past shows it; see DECISIONS.md.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.analytics.models import WEEK, Path, without_spikes

USUAL_GROWTH, ITS_SPREAD = 0.016, 0.01
"""Growth of the log of a week, over the series of many accounts: 7 % in 30 days."""
CARRIED_ON = 0.6
"""How much of its own growth a series keeps: slopes rarely last."""
STEEPEST, FALLING = 0.02, -0.01
STEEPEST_OWN = 0.06
WEEKS, LEAST_WEEKS = 26, 6
MOST_SPIKES = 1.05
"""Spikes come again, though nobody knows when: the level is raised by their share of the past, up to this much."""


def drifting(path: Path, values: pd.Series[float]) -> Path:
    """`path`, forecast of `values` at a level that is held, with the growth and the spikes that are to be expected."""
    calm = without_spikes(values, WEEKS)
    spikes = float(np.clip(values.iloc[-len(calm) :].sum() / max(float(calm.sum()), 1e-12), 1, MOST_SPIKES))
    drifted: Path = path * spikes * np.exp(weekly_growth(calm) * np.arange(1, len(path) + 1) / WEEK)
    return drifted


def weekly_growth(calm: pd.Series[float]) -> float:
    """Growth of the log of a week: the median slope between its weeks, weighed against what is usual."""
    weeks = len(calm) // WEEK
    own, spread = 0.0, np.inf
    if weeks >= LEAST_WEEKS:
        sums = calm.to_numpy()[-weeks * WEEK :].reshape(weeks, WEEK).mean(axis=1)
        logs = np.log(sums + 0.02 * sums.mean() + 1e-12)
        number = np.arange(weeks)
        first, second = np.triu_indices(weeks, 1)
        slope = float(np.median((logs[second] - logs[first]) / (second - first)))
        own = CARRIED_ON * float(np.clip(slope, -STEEPEST_OWN, STEEPEST_OWN))
        spread = _spread_of_slope(logs - slope * number)
    weight = 1 / ITS_SPREAD**2
    own_weight = 1 / spread**2
    growth = (weight * USUAL_GROWTH + own_weight * own) / (weight + own_weight)
    return float(np.clip(growth, FALLING, STEEPEST))


def _spread_of_slope(residual: Path) -> float:
    """How sure the slope is: weeks that resemble the week before count for less."""
    weeks = len(residual)
    around = residual - np.median(residual)
    alike = 0.0
    if around[1:].std() > 0 and around[:-1].std() > 0:
        alike = float(np.clip(np.corrcoef(around[1:], around[:-1])[0, 1], 0, 0.9))
    independent = max(weeks * (1 - alike) / (1 + alike), 2.0)
    spread = 1.4826 * float(np.median(np.abs(around)))
    return max(float(spread / np.sqrt(independent) / (weeks / np.sqrt(12))), 1e-4)
