"""The forecast that is published: a median of several forecasts, moving on as the series did.

Belongs here: which models it is made of, and the method it is called by. Does not: the models (models.py), its
intervals (intervals.py) and what it is compared with (baselines.py, backtest.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.analytics import models
from pipelines.analytics.drift import drifting
from pipelines.analytics.models import Costs, Path
from pipelines.analytics.plain_past import PlainPast
from pipelines.analytics.time_limit import TimeLimit

IRREGULAR, PROFILES = "irregular", "weekday profiles"
SMOOTHED = "median of smoothing and weekday profiles"
ALL = "median of prophet, smoothing and weekday profiles"


def expected_path(costs: Costs, horizon: int, past: PlainPast, limit: TimeLimit) -> tuple[Path, str]:
    """The expected amounts of the next days, and which method gave them.

    Raises nothing: what has no answer, or none within the limit, is left out, down to the profiles.
    """
    if not costs.has_a_week:
        return models.irregular_path(costs.irregular, horizon), IRREGULAR
    smoothing = [] if limit.is_over else list(models.smoothing_paths(costs.regular, horizon).values())
    method = SMOOTHED if smoothing else PROFILES
    paths = list(smoothing)
    try:
        paths.append(models.prophet_path(costs.regular, horizon, limit))
        method = ALL if smoothing else PROFILES
    except (RuntimeError, ValueError, TimeoutError):
        # Prophet's optimiser gives up on some shapes of series; the others still know the week.
        pass
    return combined(costs, paths, horizon, past), method


def combined(costs: Costs, fitted: Sequence[Path], horizon: int, past: PlainPast) -> Path:
    """The published path of whatever models were fitted, beside the profiles, which need no fit."""
    irregular = models.irregular_path(costs.irregular, horizon)
    if not costs.has_a_week:
        return irregular
    paths = [*models.weekly_paths(costs.regular, horizon), *fitted]
    return irregular + drifting(np.median(paths, axis=0), costs.regular, past)
