"""The forecast that is published: a median of several forecasts, moving on as the series did.

Belongs here: which models it is made of, and the method it is called by. Does not: the models (models.py), its
intervals (intervals.py) and what it is held against (baselines.py, backtest.py).
"""

from __future__ import annotations

import numpy as np

from pipelines.analytics import models
from pipelines.analytics.drift import drifting
from pipelines.analytics.models import Costs, Path


def expected_path(costs: Costs, horizon: int) -> tuple[Path, str]:
    """The expected amounts of the next days, and which method gave them."""
    irregular = models.irregular_path(costs.irregular, horizon)
    if not costs.has_a_week:
        return irregular, "irregular"
    paths = [
        *models.weekly_paths(costs.regular, horizon),
        *models.smoothing_paths(costs.regular, horizon).values(),
    ]
    method = "weekday profiles"
    try:
        paths.append(models.prophet_path(costs.regular, horizon))
        method = "median of prophet, smoothing and weekday profiles"
    except (RuntimeError, ValueError):
        # Prophet's optimiser gives up on some shapes of series; the others still know the week.
        pass
    return irregular + drifting(np.median(paths, axis=0), costs.regular), method


def path_without_prophet(costs: Costs, smoothing: list[Path], horizon: int) -> Path:
    """The same of all models but Prophet, which takes longest; `smoothing` is the paths of AutoETS and AutoTheta."""
    irregular = models.irregular_path(costs.irregular, horizon)
    if not costs.has_a_week:
        return irregular
    paths = [*models.weekly_paths(costs.regular, horizon), *smoothing]
    return irregular + drifting(np.median(paths, axis=0), costs.regular)


def part_path(costs: Costs, horizon: int) -> Path:
    """The same of nothing but the profiles, which cost no fit: its share of its total is what matters of a part."""
    return path_without_prophet(costs, [], horizon)
