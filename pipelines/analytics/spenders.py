"""New spenders: a provider, project or key that begins to cost where the account has long been known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.analytics.cells import LevelSeries
from pipelines.analytics.events import NEW_SPENDER, UP, WARM_UP_DAYS, Event, EventDay
from pipelines.analytics.forecast import FULL_HISTORY

FIRST_DAYS = 7
"""Whoever spends from one day to the next is new for so long."""
LEAST_SHARE_OF_MONTH = {"provider": 0.005, "project": 0.05, "api_key": 0.05}
"""Of what the account cost in the 30 days before. Projects and keys come and go; providers hardly do."""


def new_spender(series: LevelSeries, least_impact: float) -> Event | None:
    """The first days of `series`, if the account was known for four weeks and they cost enough to be worth a word."""
    if series.level not in LEAST_SHARE_OF_MONTH or series.first < FULL_HISTORY:
        return None
    month = float(series.cells.amounts[:, max(series.first - 30, 0) : series.first].sum())
    costs = series.costs.iloc[:FIRST_DAYS].dropna()
    enough = max(least_impact, LEAST_SHARE_OF_MONTH[series.level] * month)
    reached = np.flatnonzero(costs.cumsum().to_numpy() >= enough)
    if not len(reached):
        return None
    days = tuple(EventDay(day, float(costs[day]), 0.0) for day in pd.DatetimeIndex(costs.index))
    confidence = "normal" if series.first >= WARM_UP_DAYS else "early"
    is_open = len(series.costs) < FIRST_DAYS
    return Event(NEW_SPENDER, UP, days, costs.index[reached[0]], is_open, confidence)
