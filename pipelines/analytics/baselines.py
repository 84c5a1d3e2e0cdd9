"""The plain forecasts that the published one is compared with, and that replace it where they are clearly nearer.

Belongs here: their paths. Does not: judging them (backtest.py).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.analytics.models import (
    LONGEST_FIT,
    WEEK,
    Costs,
    Path,
    SmoothingForm,
    irregular_path,
    smoothing_paths,
    weekday_mean_path,
)

SEASONAL_NAIVE, WEEKDAY_MEAN, LINEAR, AUTO_ETS = "seasonal naive", "weekday mean", "linear", "AutoETS"
BASELINES = (SEASONAL_NAIVE, WEEKDAY_MEAN, LINEAR, AUTO_ETS)


def smoothing(costs: Costs, horizon: int, form: SmoothingForm | None = None) -> dict[str, Path]:
    """AutoETS and AutoTheta of what is regular, without its spikes; see `smoothing_paths`."""
    return smoothing_paths(costs.regular, horizon, form) if costs.has_a_week else {}


def baseline_paths(costs: Costs, horizon: int, smoothed: dict[str, Path]) -> dict[str, Path]:
    """Each baseline by its name; AutoETS only where `smoothed` has it, with what is irregular spread evenly."""
    paths = {
        SEASONAL_NAIVE: seasonal_naive_path(costs.whole, horizon),
        WEEKDAY_MEAN: weekday_mean_path(costs.whole, horizon),
        LINEAR: linear_path(costs.whole, horizon),
    }
    if AUTO_ETS in smoothed:
        paths[AUTO_ETS] = smoothed[AUTO_ETS] + irregular_path(costs.irregular, horizon)
    return paths


def baseline_path(costs: Costs, name: str, horizon: int) -> Path | None:
    """One of them by its name; None where AutoETS has no answer."""
    return baseline_paths(costs, horizon, smoothing(costs, horizon) if name == AUTO_ETS else {}).get(name)


def seasonal_naive_path(values: pd.Series[float], horizon: int) -> Path:
    """The last week again and again."""
    return np.resize(values.to_numpy(dtype=np.float64)[-WEEK:], horizon)


def linear_path(values: pd.Series[float], horizon: int) -> Path:
    """A least-squares line with a level for each weekday, never below 0."""
    recent = values.to_numpy(dtype=np.float64)[-LONGEST_FIT:]
    days = np.arange(len(recent) + horizon)
    terms = np.column_stack([days, *(days % WEEK == weekday for weekday in range(WEEK))]).astype(float)
    weights = np.linalg.lstsq(terms[: len(recent)], recent, rcond=None)[0]
    path: Path = (terms[len(recent) :] @ weights).clip(0)
    return path
