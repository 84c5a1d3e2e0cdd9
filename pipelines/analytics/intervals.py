"""How wrong such a forecast has been on this very series: intervals from past cutoffs, not from a model's belief.

At each past cutoff the plain forecast, which costs nothing to repeat, is compared with what came; the quantiles of
those errors are the bounds. Sums have errors of their own, because the bounds of days do not add up to the bound of
their sum. Errors are log ratios; those of an irregular series, where a ratio means nothing, are differences.
A short past says little about itself, so a prior spread is mixed in, and weighs less with every independent error.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.analytics.interval_table import TABLE, group_of
from pipelines.analytics.models import WEEK, Costs, irregular_path, is_irregular, weekday_noise
from pipelines.analytics.plain_past import PlainPast

FIRST_CUTOFF = 14
CUTOFF_STEP = 3
LONGEST_PAST = 270
PRIOR_WEIGHT = 10
TYPICAL_SPREAD = 0.2
"""Of the log of a day around its weekday, in those series; a noisier series gets wider priors."""
CALMEST, WILDEST = 0.0001, 3
"""How far below and above the typical spread the priors follow; a constant series has next to no width."""
LEVEL_WORTH = 21
"""Days: an irregular series drifts, so that its mean of eight weeks is worth no more; measured likewise."""

HIGH_LEVEL = 0.9

Errors = NDArray[np.float64]


Widths = tuple[float, float]
"""How far the bounds of an interval lie below and above."""


@dataclass(frozen=True)
class Measured:
    """How far errors of one kind reach, and how many cutoffs, whose days do not overlap, they come from."""

    independent: float
    widths_80: Widths
    widths_95: Widths

    @classmethod
    def of(cls, errors: list[float], independent: float) -> Measured:
        """The conformal quantiles of `errors`."""
        return cls(independent, *(_quantiles(errors, level) for level in (0.8, 0.95)))

    def widths(self, prior: float, level: float) -> Widths:
        """Those that were measured, mixed with those of `prior`, a spread."""
        usual = NormalDist().inv_cdf((1 + level) / 2) * prior
        if self.independent < 1:
            return usual, usual
        weight = self.independent / (self.independent + PRIOR_WEIGHT)
        measured = self.widths_80 if level < HIGH_LEVEL else self.widths_95
        below, above = (weight * width + (1 - weight) * usual for width in measured)
        return max(below, 0.0), max(above, 0.0)


def _quantiles(errors: list[float], level: float) -> Widths:
    if not errors:
        return 0.0, 0.0
    rank = min(1.0, (1 + level) / 2 * (1 + CUTOFF_STEP / len(errors)))
    below, above = np.quantile(errors, [1 - rank, rank])
    return -float(below), float(above)


@dataclass(frozen=True)
class PastErrors:
    """What came minus what was forecast, of days by bucket of horizons and of sums by length, and what is usual."""

    days: dict[int, Measured]
    sums: dict[int, Measured]
    softening: float | None
    """Added to a day on the log scale, so that a day of nothing has a ratio; None where errors are differences."""
    spread: float
    """On the log scale how far priors are stretched; where errors are differences, the amount a day varies by."""
    learnt_from: int
    """Days that the mean of an irregular series is worth."""

    def day_bounds(self, expected: float, horizon_day: int, level: float) -> tuple[float, float]:
        """The interval of one day, the first forecast being day 1."""
        widths = _scaled(self.day_widths(horizon_day, level), self._scale("days", level))
        lower, upper = self._bounds(expected, 1, widths)
        # More than a tenth of the days of an irregular series cost nothing: so may any.
        return (lower if self.softening is not None else 0.0), upper

    def sum_bounds(self, expected: float, length: int, level: float, *, ahead: int = 0) -> tuple[float, float]:
        """The interval of the sum of `length` days, of which the first comes `ahead` days after the first forecast."""
        widths = _scaled(self.sum_widths(length, level, ahead=ahead), self._scale("sums", level))
        return self._bounds(expected, length, widths)

    @property
    def group(self) -> str:
        """The group of the table that this series is in."""
        return group_of(None if self.softening is None else self.spread)

    def day_widths(self, horizon_day: int, level: float) -> Widths:
        """How far the interval of one day reaches before it is scaled."""
        bucket = next((bucket for bucket in TABLE.day_spreads if horizon_day <= bucket), max(TABLE.day_spreads))
        return self.days[bucket].widths(self._prior(TABLE.day_spreads[bucket], 1), level)

    def sum_widths(self, length: int, level: float, *, ahead: int = 0) -> Widths:
        """The same of a sum, see `sum_bounds`."""
        nearest = min(TABLE.sum_spreads, key=lambda known: abs(np.log(known / (ahead + length))))
        return self.sums[nearest].widths(self._prior(TABLE.sum_spreads[nearest], length), level)

    def _scale(self, kind: str, level: float) -> float:
        return TABLE.scales[self.group].of(kind, round(100 * level))

    def _prior(self, typical: float, length: int) -> float:
        if self.softening is not None:
            return typical * self.spread
        # The days themselves vary, and so does the mean that was learnt from as few days.
        return self.spread * float(np.sqrt(length + length**2 / self.learnt_from))

    def _bounds(self, expected: float, length: int, widths: tuple[float, float]) -> tuple[float, float]:
        below, above = widths
        if self.softening is None:
            lower, upper = expected - below, expected + above
        else:
            soft = self.softening * length
            lower, upper = (expected + soft) * exp(-below) - soft, (expected + soft) * exp(above) - soft
        return min(max(lower, 0.0), expected), max(upper, expected)


def _scaled(widths: tuple[float, float], scale: float) -> tuple[float, float]:
    return widths[0] * scale, widths[1] * scale


def past_errors(costs: Costs, past: PlainPast | None = None) -> PastErrors:
    """The errors of the plain forecast at every third day of the last nine months.

    Args:
        costs: the days of the series.
        past: of its regular part, which may go on after it.
    """
    irregular = is_irregular(costs.whole)
    whole = costs.whole
    recent = whole.iloc[-LONGEST_PAST:]
    softening = None if irregular else 0.05 * max(float(recent.mean()), 1e-9)
    cutoffs = [cutoff for cutoff in range(FIRST_CUTOFF, len(whole), CUTOFF_STEP) if cutoff >= len(whole) - LONGEST_PAST]
    span = len(whole) - cutoffs[0] if cutoffs else 0
    actual, expected = _around(cutoffs, costs, past or PlainPast(costs.regular))
    each = _error(actual, expected, softening)
    days: dict[int, list[float]] = {}
    begun = 0
    for bucket in TABLE.day_spreads:
        days[bucket] = _known(each[:, begun:bucket])
        begun = bucket
    sums = {
        length: _known(
            _error(actual[:, :length].sum(axis=1), expected[:, :length].sum(axis=1), softening and softening * length)
        )
        for length in TABLE.sum_spreads
    }
    return PastErrors(
        {bucket: Measured.of(found, span / bucket if found else 0.0) for bucket, found in days.items()},
        {length: Measured.of(found, span / max(length, WEEK) if found else 0.0) for length, found in sums.items()},
        softening,
        float(recent.std(ddof=0)) if softening is None else _stretch(recent, softening),
        min(LEVEL_WORTH, len(whole)),
    )


def _around(cutoffs: list[int], costs: Costs, past: PlainPast) -> tuple[Errors, Errors]:
    """What came and what the plain forecast expected after each cutoff, a row each; NaN where a day is yet to come."""
    longest = max(TABLE.sum_spreads)
    whole = np.asarray(costs.whole, dtype=np.float64)
    actual = np.full((len(cutoffs), longest), np.nan)
    expected = np.zeros((len(cutoffs), longest))
    for row, cutoff in enumerate(cutoffs):
        came = whole[cutoff : cutoff + longest]
        actual[row, : len(came)] = came
        week = past.week(cutoff) + irregular_path(costs.irregular.iloc[:cutoff], WEEK)
        expected[row] = np.resize(week, longest)
    return actual, expected


def _known(errors: Errors) -> list[float]:
    known: list[float] = errors[~np.isnan(errors)].tolist()
    return known


def _error(actual: Errors, expected: Errors, softening: float | None) -> Errors:
    return actual - expected if softening is None else np.log((actual + softening) / (expected + softening))


def _stretch(recent: pd.Series[float], softening: float) -> float:
    """How much noisier than usual the days of eight weeks are around their weekdays, by its root and within reason."""
    return float(np.sqrt(np.clip(weekday_noise(recent, softening) / TYPICAL_SPREAD, CALMEST, WILDEST)))
