"""How the level of a regular series moves on: held, or growing as its own past did, whichever was right before.

A slope that is extrapolated as it is costs more than it wins, and a level that is held is too low where use grows. No
growth is usual for all: each series is asked which of the two would have been nearer at its own earlier days, and one
that is too young to tell is held. What was tried and measured is in DECISIONS.md ("Forecasts").
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipelines.analytics.models import WEEK, Path, weekly_paths, without_spikes

WEEKS, LEAST_WEEKS = 26, 6
STEEPEST = 0.04
"""Growth of the log of a week: 19 % in 30 days. Nothing that is steeper goes on for long."""
MOST_SPIKES = 1.05
"""Spikes come again, though nobody knows when: the level is raised by their share of the past, up to this much."""
LONGEST_PAST = 270
ORIGIN_STEP = 2 * WEEK
JUDGED_DAYS = (4 * WEEK, 12 * WEEK)


def drifting(path: Path, values: pd.Series[float]) -> Path:
    """`path`, forecast of `values` at a level that is held, with the growth and the spikes that are to be expected."""
    return _moved(path * _spikes(values), weekly_growth(values))


def weekly_growth(values: pd.Series[float]) -> float:
    """Growth of the log of a week, 0 where holding the level was as near at the earlier origins of `values`."""
    errors = np.array(list(_errors_at_origins(values))).reshape(-1, 2)
    held, drifted = np.abs(errors).sum(axis=0)
    return _slope(values) if drifted < held else 0.0


def _errors_at_origins(values: pd.Series[float]) -> Iterator[tuple[float, float]]:
    """At earlier days, the log errors of the next four and twelve weeks: with the level held, and drifting.

    The plain profiles stand for the forecast, because nothing need be fitted for them.
    """
    costs = values.to_numpy(dtype=np.float64)
    softening = 0.05 * max(float(costs.mean()), 1e-9)
    first = max(LEAST_WEEKS * WEEK, len(costs) - LONGEST_PAST)
    for origin in range(len(costs) - min(JUDGED_DAYS), first - 1, -ORIGIN_STEP):
        past = values.iloc[:origin]
        held = np.mean(weekly_paths(past, max(JUDGED_DAYS)), axis=0)
        drifted = _moved(held, _slope(past))
        for days in (days for days in JUDGED_DAYS if origin + days <= len(costs)):
            came = np.log(costs[origin : origin + days].mean() + softening)
            in_logs = [float(np.log(path[:days].mean() + softening) - came) for path in (held, drifted)]
            yield in_logs[0], in_logs[1]


def _moved(path: Path, growth: float) -> Path:
    moved: Path = path * np.exp(growth * np.arange(1, len(path) + 1) / WEEK)
    return moved


def _spikes(values: pd.Series[float]) -> float:
    calm = without_spikes(values, WEEKS)
    return float(np.clip(values.iloc[-len(calm) :].sum() / max(float(calm.sum()), 1e-12), 1, MOST_SPIKES))


def _slope(values: pd.Series[float]) -> float:
    """The median slope between the weeks of half a year, 0 where they are too few."""
    calm = without_spikes(values, WEEKS)
    weeks = len(calm) // WEEK
    if weeks < LEAST_WEEKS:
        return 0.0
    sums = calm.to_numpy()[-weeks * WEEK :].reshape(weeks, WEEK).mean(axis=1)
    logs = np.log(sums + 0.02 * sums.mean() + 1e-12)
    first, second = np.triu_indices(weeks, 1)
    slope = np.median((logs[second] - logs[first]) / (second - first))
    return float(np.clip(slope, -STEEPEST, STEEPEST))
