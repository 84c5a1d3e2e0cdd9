"""How the level of a regular series moves on: held, or growing as its own past did, whichever was right before.

A slope that is extrapolated as it is costs more than it wins, and a level that is held is too low where use grows. Each
series is asked which of the two would have been nearer at its own earlier days; one that is too young to tell grows a
little, as most did, the less the calmer it is. What was tried and measured is in DECISIONS.md ("Forecasts").
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from pipelines.analytics.models import WEEK, Path, weekday_noise, without_spikes
from pipelines.analytics.plain_past import LEAST_SLOPE_WEEKS, SLOPE_WEEKS, PlainPast

MOST_SPIKES = 1.05
"""Spikes come again, though nobody knows when: the level is raised by their share of the past, up to this much."""
LONGEST_PAST = 270
ORIGIN_STEP = 2 * WEEK
JUDGED_DAYS = (4 * WEEK, 12 * WEEK)
FIRST_ORIGIN = LEAST_SLOPE_WEEKS * WEEK
USUAL, USUAL_FROM = 0.02, 0.2
"""Growth of the log of a week, 9 % in 30 days, of a series that is too young to have shown its own; less, down to none,
the calmer it is below this noise around its weekdays."""


def drifting(path: Path, values: pd.Series[float], past: PlainPast) -> Path:
    """`path`, forecast of `values` at a level that is held, with the growth and the spikes that are to be expected."""
    return _moved(path * _spikes(values), weekly_growth(values, past))


def weekly_growth(values: pd.Series[float], past: PlainPast) -> float:
    """Growth of the log of a week, 0 where holding the level was as near at the earlier days of `values`."""
    if len(values) < FIRST_ORIGIN + min(JUDGED_DAYS):
        return USUAL * min(weekday_noise(values) / USUAL_FROM, 1.0)
    errors = np.array(list(_errors_at_origins(values, past))).reshape(-1, 2)
    held, drifted = np.abs(errors).sum(axis=0)
    return past.slope(len(values)) if drifted < held else 0.0


def _errors_at_origins(values: pd.Series[float], past: PlainPast) -> Iterator[tuple[float, float]]:
    """At earlier days, the log errors of the next four and twelve weeks: with the level held, and drifting.

    The plain profiles stand for the forecast, because nothing need be fitted for them.
    """
    costs = values.to_numpy(dtype=np.float64)
    softening = 0.05 * max(float(costs.mean()), 1e-9)
    # Counted from the first day, they are the same from one day to the next.
    origins = range(FIRST_ORIGIN, len(costs) - min(JUDGED_DAYS) + 1, ORIGIN_STEP)
    for origin in (origin for origin in origins if origin >= len(costs) - LONGEST_PAST):
        held = np.resize(past.week(origin), max(JUDGED_DAYS))
        drifted = _moved(held, past.slope(origin))
        for days in (days for days in JUDGED_DAYS if origin + days <= len(costs)):
            came = np.log(costs[origin : origin + days].mean() + softening)
            in_logs = [float(np.log(path[:days].mean() + softening) - came) for path in (held, drifted)]
            yield in_logs[0], in_logs[1]


def _moved(path: Path, growth: float) -> Path:
    moved: Path = path * np.exp(growth * np.arange(1, len(path) + 1) / WEEK)
    return moved


def _spikes(values: pd.Series[float]) -> float:
    calm = without_spikes(values, SLOPE_WEEKS)
    return float(np.clip(values.iloc[-len(calm) :].sum() / max(float(calm.sum()), 1e-12), 1, MOST_SPIKES))
