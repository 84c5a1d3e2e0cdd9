"""How near the forecast of a series would have been on its own earlier days, next to plain baselines.

At each of the last origins, a day every 20, the forecast is made again from the days before it and compared with what
came: its error, its bias, and how often its intervals held. It is the published one but for Prophet, which takes as
long as all the rest. The forms of AutoETS and AutoTheta are chosen at the first origin and fitted at each. An origin
sees nothing of its own day and of later ones, and irregular charges are identified again at each.

Belongs here: origins, errors and which method was nearest. Does not: the methods (combination.py, baselines.py), and
whose forecasts are repeated (usage.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from pipelines.analytics.baselines import BASELINES, baseline_paths, smoothing
from pipelines.analytics.combination import combined
from pipelines.analytics.intervals import PastErrors, past_errors
from pipelines.analytics.models import Costs, Path, SmoothingForm, smoothing_form
from pipelines.analytics.plain_past import PlainPast
from pipelines.analytics.time_limit import NO_LIMIT, TimeLimit

HORIZONS = (7, 30, 60, 90)
ORIGIN_STEP, MOST_ORIGINS = 20, 9
"""Days, on the same days for all series: what was repeated once holds until the next of them."""
LEAST_PAST = 28
FORECAST = "forecast"
"""The name of the published forecast among the methods."""
CHOSEN_AT, LEAST_ORIGINS = (7, 30, 60), 6
CLEARLY_NEARER, MOSTLY = 0.9, 0.6
"""A baseline is published whose errors were at most this share of the forecast's, and that was nearer at this share of
the origins, at each of these horizons; measured in DECISIONS.md ("Forecasts")."""
REPORTED_AT = 30
"""The horizon whose error is in messages."""
LEVELS = (80, 95)


@dataclass(frozen=True)
class Accuracy:
    """What one method expected of one number of days, over all origins.

    Args:
        method: `FORECAST` or a baseline.
        horizon: days.
        origins: how many forecasts these are the means of.
        actual: the mean of what came.
        error: the mean of how far the forecast of it was off, above or below.
        bias: the mean of the forecast minus what came.
        nearer: at which share of the origins it was nearer than the published forecast; 0 for that itself.
        day_coverage: by level, the share of days that came within the interval of their day; empty for a baseline.
        total_coverage: the same of the sums.
    """

    method: str
    horizon: int
    origins: int
    actual: float
    error: float
    bias: float
    nearer: float
    day_coverage: dict[int, float]
    total_coverage: dict[int, float]

    @property
    def ratio(self) -> float | None:
        """The error as a share of what came; None where nothing did."""
        return self.error / self.actual if self.actual > 0 else None


@dataclass(frozen=True)
class Backtest:
    """The accuracy of each method at each horizon, from origins between two days; `key` says of which costs."""

    key: str
    first_origin: date | None
    last_origin: date | None
    accuracies: tuple[Accuracy, ...]

    def of(self, method: str, horizon: int) -> Accuracy | None:
        """The accuracy of one method; None where no origin is as long ago as that."""
        return next((each for each in self.accuracies if (each.method, each.horizon) == (method, horizon)), None)

    @property
    def nearest_baseline(self) -> Accuracy | None:
        """The baseline that was clearly nearer than the forecast at all horizons; None where none was."""
        usual = self.of(FORECAST, REPORTED_AT)
        if usual is None or usual.origins < LEAST_ORIGINS:
            return None
        clear = [each for name in BASELINES if self._is_clear(name) and (each := self.of(name, REPORTED_AT))]
        return min(clear, key=lambda each: each.error, default=None)

    def _is_clear(self, baseline: str) -> bool:
        for horizon in CHOSEN_AT:
            usual, other = self.of(FORECAST, horizon), self.of(baseline, horizon)
            if usual is None or other is None or other.origins != usual.origins:
                return False
            if other.error > CLEARLY_NEARER * usual.error or other.nearer < MOSTLY:
                return False
        return True


@dataclass(frozen=True)
class _Repeated:
    """The paths of all methods from one origin, what came, and the errors known at the time."""

    paths: Mapping[str, Path]
    came: Path
    errors: PastErrors


def days_tested(costs: Costs) -> int:
    """How many of the days of `costs` a backtest looks at: those before the last day on which there is an origin."""
    today = int(costs.regular.index[-1].toordinal()) + 1
    return max(len(costs.regular) - today % ORIGIN_STEP, 0)


def backtest(costs: Costs, key: str, past: PlainPast | None = None, limit: TimeLimit = NO_LIMIT) -> Backtest:
    """Forecast `costs` again from each origin, see `days_tested`.

    Args:
        costs: the days of the series.
        key: what the backtest can be stored under.
        past: of the regular part of `costs`.
        limit: the time that it has.

    Raises:
        TimeoutError: not all origins are ready by the limit.
    """
    past = past or PlainPast(costs.regular)
    costs = costs.until(days_tested(costs))
    origins = list(range(len(costs.regular) - ORIGIN_STEP, LEAST_PAST - 1, -ORIGIN_STEP))[:MOST_ORIGINS][::-1]
    if not origins:
        return Backtest(key, None, None, ())
    first = costs.regular.index[0].date()
    form = smoothing_form(_as_of(costs, origins[0]).regular)
    repeated = [_repeated(costs, origin, form, past, limit) for origin in origins]
    return Backtest(
        key,
        first + timedelta(days=origins[0]),
        first + timedelta(days=origins[-1]),
        tuple(_accuracies(repeated)),
    )


def _as_of(costs: Costs, origin: int) -> Costs:
    """The days before `origin`; what is irregular is what had been by then."""
    known = costs.until(origin)
    return Costs.of(known.whole, [known.regular, known.irregular])


def _repeated(costs: Costs, origin: int, form: SmoothingForm | None, past: PlainPast, limit: TimeLimit) -> _Repeated:
    if limit.is_over:
        raise TimeoutError
    known = _as_of(costs, origin)
    if not known.irregular.equals(costs.irregular.iloc[:origin]):
        past = PlainPast(known.regular)
    came: Path = np.asarray(costs.whole.iloc[origin : origin + max(HORIZONS)], dtype=np.float64)
    smoothed = smoothing(known, max(HORIZONS), form)
    usual = combined(known, list(smoothed.values()), max(HORIZONS), past)
    paths = {FORECAST: usual, **baseline_paths(known, max(HORIZONS), smoothed)}
    return _Repeated(paths, came, past_errors(known, past))


def _accuracies(repeated: list[_Repeated]) -> Iterator[Accuracy]:
    for horizon in HORIZONS:
        long_ago = [each for each in repeated if len(each.came) >= horizon]
        for method in (FORECAST, *BASELINES):
            able = [each for each in long_ago if method in each.paths]
            if able:
                yield _accuracy(method, horizon, able)


def _accuracy(method: str, horizon: int, repeated: list[_Repeated]) -> Accuracy:
    came = np.array([each.came[:horizon].sum() for each in repeated])
    errors, forecast_errors = (
        np.array([each.paths[name][:horizon].sum() for each in repeated]) - came for name in (method, FORECAST)
    )
    covered = [_covered(each, horizon) for each in repeated] if method == FORECAST else []
    day, total = (
        {level: float(np.mean([each[level][kind] for each in covered])) for level in LEVELS if covered}
        for kind in (0, 1)
    )
    return Accuracy(
        method,
        horizon,
        len(repeated),
        actual=float(came.mean()),
        error=float(np.abs(errors).mean()),
        bias=float(errors.mean()),
        nearer=float((np.abs(errors) < np.abs(forecast_errors)).mean()),
        day_coverage=day,
        total_coverage=total,
    )


def _covered(repeated: _Repeated, horizon: int) -> dict[int, tuple[float, float]]:
    """By level, the share of the days within their intervals, and 1 where the total was in its own."""
    path, came = repeated.paths[FORECAST][:horizon].tolist(), repeated.came[:horizon].tolist()
    found = {}
    for level in LEVELS:
        bounds = [repeated.errors.day_bounds(day, number, level / 100) for number, day in enumerate(path, 1)]
        within = [low <= day <= high for (low, high), day in zip(bounds, came, strict=True)]
        low, high = repeated.errors.sum_bounds(sum(path), horizon, level / 100)
        found[level] = (float(np.mean(within)), float(low <= sum(came) <= high))
    return found


def rows(found: Backtest, published: str) -> Iterator[dict[str, Any]]:
    """The accuracies as rows of `COLUMNS`, without what names the series; `published` is the method in use."""
    for each in found.accuracies:
        yield {
            "horizon_days": each.horizon,
            "method": each.method,
            "is_published": each.method == published,
            "origins": each.origins,
            "first_origin": found.first_origin,
            "last_origin": found.last_origin,
            "mean_actual_amount": each.actual,
            "mean_error_amount": each.error,
            "mean_bias_amount": each.bias,
            "error_ratio": each.ratio,
            "bias_ratio": each.bias / each.actual if each.actual > 0 else None,
            "nearer_ratio": each.nearer,
            **{f"day_coverage_{level}": each.day_coverage.get(level) for level in LEVELS},
            **{f"total_coverage_{level}": each.total_coverage.get(level) for level in LEVELS},
        }


COLUMNS = {
    "horizon_days": "int64",
    "method": "object",
    "is_published": "bool",
    "origins": "int64",
    "first_origin": "datetime64[ns]",
    "last_origin": "datetime64[ns]",
    **dict.fromkeys(
        (
            *("mean_actual_amount", "mean_error_amount", "mean_bias_amount", "error_ratio", "bias_ratio"),
            *("nearer_ratio", "day_coverage_80", "day_coverage_95", "total_coverage_80", "total_coverage_95"),
        ),
        "float64",
    ),
}
