"""How wrong such a forecast has been on this very series: intervals from past cutoffs, not from a model's belief.

At each past cutoff the plain forecast, which costs nothing to repeat, is held against what came; the spread of
the log ratios is the width. Sums have ratios of their own, because the bounds of days do not add up to the bound
of their sum. A short past says little about itself, so a prior spread is mixed in, and weighs less with every cutoff.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.analytics.models import plain_path

FIRST_CUTOFF = 14
CUTOFF_STEP = 3
LONGEST_PAST = 270
PRIOR_WEIGHT = 10
PRIOR_DAY_SPREAD = 0.6
PRIOR_TOTAL_SPREAD = 0.3
"""Typical log spread of one day, and of a 30-day sum; measured over many series (DECISIONS.md, "Forecasts")."""

BUCKETS = (7, 14, 30, 60, 90)


@dataclass(frozen=True)
class PastErrors:
    """Log ratios of what came over what was forecast: of single days by bucket of horizon, and of sums by length."""

    days: dict[int, NDArray[np.float64]]
    totals: dict[int, NDArray[np.float64]]
    softening: float
    """Added to both sides of a ratio, so that a day of nothing has one."""

    def day_bounds(self, expected: float, horizon_day: int, level: float) -> tuple[float, float]:
        """The interval of one day."""
        bucket = next(bucket for bucket in BUCKETS if horizon_day <= bucket)
        width = _width(self.days.get(bucket, np.array([])), level, PRIOR_DAY_SPREAD * (bucket / 30) ** 0.25)
        return self._around(expected, width, self.softening)

    def total_bounds(self, expected: float, length: int, level: float) -> tuple[float, float]:
        """The interval of the sum of `length` days from the first forecast on."""
        nearest = min(BUCKETS, key=lambda bucket: abs(bucket - length))
        prior = PRIOR_TOTAL_SPREAD * (max(length, 1) / 30) ** 0.35
        width = _width(self.totals.get(nearest, np.array([])), level, prior)
        return self._around(expected, width, self.softening * length)

    @staticmethod
    def _around(expected: float, width: float, softening: float) -> tuple[float, float]:
        lower = (expected + softening) * np.exp(-width) - softening
        upper = (expected + softening) * np.exp(width) - softening
        return float(np.clip(lower, 0, expected)), float(max(upper, expected))


def past_errors(values: pd.Series[float]) -> PastErrors:
    """The errors of the plain forecast at every third day of the last nine months."""
    softening = 0.05 * max(float(values.iloc[-LONGEST_PAST:].mean()), 1e-9)
    days: dict[int, list[float]] = {bucket: [] for bucket in BUCKETS}
    totals: dict[int, list[float]] = {bucket: [] for bucket in BUCKETS}
    start = max(FIRST_CUTOFF, len(values) - LONGEST_PAST)
    for cutoff in range(start, len(values) - 1, CUTOFF_STEP):
        actual = values.iloc[cutoff : cutoff + BUCKETS[-1]].to_numpy()
        expected = plain_path(values.iloc[:cutoff], len(actual))
        ratios = np.log((actual + softening) / (expected + softening))
        before = 0
        for bucket in BUCKETS:
            days[bucket] += ratios[before:bucket].tolist()
            before = bucket
            if len(actual) >= bucket:
                both = actual[:bucket].sum() + softening * bucket, expected[:bucket].sum() + softening * bucket
                totals[bucket].append(float(np.log(both[0] / both[1])))
    return PastErrors(
        {bucket: np.abs(found) for bucket, found in days.items()},
        {bucket: np.abs(found) for bucket, found in totals.items()},
        softening,
    )


def _width(errors: NDArray[np.float64], level: float, prior: float) -> float:
    """The conformal quantile of the errors, mixed with the prior's by how many independent errors there are."""
    normal = {0.8: 1.2816, 0.95: 1.96}[level]
    # Cutoffs three days apart over weeks of horizon say much the same: count them as a third.
    independent = len(errors) / CUTOFF_STEP
    if independent < 1:
        return normal * prior
    rank = min(1.0, level * (1 + 1 / independent))
    measured = float(np.quantile(errors, rank))
    return (independent * measured + PRIOR_WEIGHT * normal * prior) / (independent + PRIOR_WEIGHT)
