"""Point forecasts of one daily series: Prophet with a weekly season and a level trend, next to two plain profiles.

The policy and what it was measured against are in DECISIONS.md ("Forecasts"): Prophet alone extrapolates a slope
that usage rarely keeps, and a median of three is better than any of them. Bills that come once a month have
no weekly pattern: they are separated, and spread evenly over the days ahead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.analytics.time_limit import TimeLimit

if TYPE_CHECKING:
    from prophet import Prophet

Path = NDArray[np.float64]

WEEK = 7
SHORT_HISTORY = 45
"""Below this many days a slope is noise: Prophet fits a level only."""
LONGEST_FIT = 180
LEAST_SMOOTHING = 3 * WEEK
OUTLIER_MADS = 5
IRREGULAR_ZERO_SHARE = 0.3
SPIKE_SPREADS, LEAST_SPIKE_SPREAD = 4, 0.2
"""How far above its weekday and week, on the log scale, a day must lie to count as a spike."""


@dataclass(frozen=True)
class Costs:
    """The days of one series, never below 0, as the sum of what follows a week and what comes irregularly."""

    regular: pd.Series[float]
    irregular: pd.Series[float]

    @classmethod
    def of(cls, values: pd.Series[float], providers: Iterable[pd.Series[float]] = ()) -> Costs:
        """Tell a series apart, a total by its providers; a provider is one or the other as a whole.

        What was given back says nothing about use: a day that credits made negative is a day of nothing.
        """
        whole = values.clip(lower=0)
        irregular = sum(
            (
                part.clip(lower=0).reindex(whole.index, fill_value=0.0)
                for part in providers or [values]
                if is_irregular(part)
            ),
            start=whole * 0.0,
        )
        return cls((whole - irregular).clip(lower=0), irregular)

    @property
    def whole(self) -> pd.Series[float]:
        """Both together."""
        return self.regular + self.irregular

    @property
    def has_a_week(self) -> bool:
        """Whether any of it is regular."""
        return bool((self.regular > 0).any())

    def until(self, days: int) -> Costs:
        """The first `days` days."""
        return Costs(self.regular.iloc[:days], self.irregular.iloc[:days])

    def last(self, days: int) -> Costs:
        """The last `days` days."""
        return Costs(self.regular.iloc[-days:], self.irregular.iloc[-days:])


def without_gaps(observed: pd.Series[float]) -> pd.Series[float]:
    """The series with each day that was not delivered at the median of the eight nearest of its weekday."""
    values = observed.to_numpy(dtype=np.float64)
    filled = values.copy()
    for gap in np.flatnonzero(np.isnan(values)).tolist():
        weekdays = np.arange(gap % WEEK, len(values), WEEK)
        known = weekdays[~np.isnan(values[weekdays])]
        near = known[np.argsort(np.abs(known - gap), kind="stable")[: 2 * 4]]
        filled[gap] = np.median(values[near]) if len(near) else np.nanmedian(values)
    return pd.Series(filled, index=observed.index)


def is_irregular(values: pd.Series[float]) -> bool:
    """Whether so many of the last days cost nothing that a weekly pattern cannot be seen: of 90, and still of 28."""
    return all(bool((values.iloc[-days:] == 0).mean() > IRREGULAR_ZERO_SHARE) for days in (90, 28))


def irregular_path(values: pd.Series[float], horizon: int) -> Path:
    """Half the weekday's mean of eight weeks, half their flat mean."""
    weeks = _last_weeks(values, 8)
    return np.resize(0.5 * weeks.mean(axis=0) + 0.5 * weeks.mean(), horizon)


def weekday_mean_path(values: pd.Series[float], horizon: int) -> Path:
    """The mean of the last four of each weekday."""
    return np.resize(_last_weeks(values, 4).mean(axis=0), horizon)


def recent_level_path(values: pd.Series[float], horizon: int) -> Path:
    """The weekday profile of eight weeks, at the level of the last seven days."""
    weeks = _last_weeks(values, 8)
    profile = weeks.mean(axis=0) / (weeks.mean() or 1.0)
    return np.resize(profile * weeks[-1].mean(), horizon)


def without_spikes(values: pd.Series[float], count: int = 8) -> pd.Series[float]:
    """The last `count` weeks with each spike replaced by what its weekday and the weeks around it cost."""
    weeks = _last_weeks(values, count)
    positive = weeks[weeks > 0]
    if not len(positive):
        return values
    softening = 0.05 * float(np.median(positive))
    logs = np.log(weeks + softening)
    around = logs - np.median(logs, axis=0)
    around -= _medians_of_three(around)
    spread = max(1.4826 * float(np.median(np.abs(around))), LEAST_SPIKE_SPREAD)
    usual = np.exp(logs - around) - softening
    calm = np.where(around > SPIKE_SPREADS * spread, usual, weeks)
    return pd.Series(calm.ravel(), index=values.index[-calm.size :])


def _medians_of_three(weeks: Path) -> Path:
    """Of each week the median of its days and those of the weeks around it, as a column."""
    between = np.concatenate([weeks[:-2], weeks[1:-1], weeks[2:]], axis=1)
    edges = [np.median(weeks[:2]), *np.median(between, axis=1), np.median(weeks[-2:])]
    return np.array(edges[: len(weeks)])[:, None]


def weekly_paths(values: pd.Series[float], horizon: int) -> list[Path]:
    """Both profiles of a regular series, undisturbed by spikes."""
    calm = without_spikes(values)
    return [weekday_mean_path(calm, horizon), recent_level_path(calm, horizon)]


@dataclass(frozen=True)
class SmoothingForm:
    """The forms of exponential smoothing and of Theta that were chosen for a series."""

    ets: str
    is_damped: bool
    theta: str


def smoothing_form(values: pd.Series[float]) -> SmoothingForm | None:
    """What AutoETS and AutoTheta choose for a regular series; None for too short a history."""
    if len(values) < LEAST_SMOOTHING:
        return None
    from statsforecast.models import AutoETS, AutoTheta  # noqa: PLC0415 - see below

    calm = without_spikes(values, LONGEST_FIT // WEEK).to_numpy()
    with np.errstate(all="ignore"):
        ets, theta = (model(season_length=WEEK).fit(calm).model_ for model in (AutoETS, AutoTheta))
    error, trend, season, damped = ets["components"]
    return SmoothingForm(error + trend + season, damped == "D", theta["modeltype"])


def smoothing_paths(values: pd.Series[float], horizon: int, form: SmoothingForm | None = None) -> dict[str, Path]:
    """AutoETS and AutoTheta of a regular series, undisturbed by spikes; none from too short a history.

    With `form`, that one is fitted instead of the best of all, which takes a tenth of the time; a multiplicative one
    does not fit days of nothing, and then the best of all is.
    """
    if len(values) < LEAST_SMOOTHING:
        return {}
    # It takes seconds to import, which what forecasts nothing should not wait for.
    from statsforecast.models import AutoETS, AutoTheta  # noqa: PLC0415

    calm = without_spikes(values, LONGEST_FIT // WEEK).to_numpy()
    fits = form is not None and (calm.min() > 0 or "M" not in form.ets)
    ets = AutoETS(WEEK, form.ets, form.is_damped) if form and fits else AutoETS(WEEK)
    theta = AutoTheta(WEEK, model=form.theta if form else None)
    with np.errstate(all="ignore"):
        found = {model.alias: model.forecast(calm, h=horizon)["mean"] for model in (ets, theta)}
    return {name: path.clip(0) for name, path in found.items() if np.isfinite(path).all()}


def prophet_path(values: pd.Series[float], horizon: int, limit: TimeLimit) -> Path:
    """Prophet on the log scale, outliers masked in a second pass, the trend held at its last value, never below 0.

    Raises:
        TimeoutError: a fit is not ready by the limit.
        RuntimeError, ValueError: Prophet's optimiser gives up on this shape of series.
    """
    flat = len(values) < SHORT_HISTORY
    recent = values.iloc[-42:] if flat else values.iloc[-LONGEST_FIT:]
    positive = recent[recent > 0]
    scale = 0.01 * float(positive.median())
    frame = pd.DataFrame({"ds": recent.index, "y": np.log(recent.to_numpy() / scale + 1)})
    model = _fit(frame, len(values), limit)
    fitted = model.predict(frame[["ds"]])["yhat"].to_numpy()
    residual = np.abs(frame["y"].to_numpy() - fitted)
    masked = residual > OUTLIER_MADS * max(float(np.median(residual)), 1e-9)
    if masked.any() and (~masked).sum() > 2 * WEEK:
        model = _fit(frame[~masked], len(values), limit)
        fitted = model.predict(frame[["ds"]])["yhat"].to_numpy()
    ahead = model.predict(pd.DataFrame({"ds": _days(values, horizon)}))
    held = ahead["trend"].iloc[0] + ahead["weekly"].to_numpy()
    shown = np.flatnonzero(~masked)[-8 * WEEK :]
    back = (np.exp(fitted[shown]) - 1).clip(0) * scale
    smear = float(np.clip(recent.to_numpy()[shown].sum() / max(back.sum(), 1e-12), 0.5, 2.5))
    path: Path = ((np.exp(held) - 1) * scale * smear).clip(0)
    return path


def _fit(frame: pd.DataFrame, history: int, limit: TimeLimit) -> Prophet:
    # Prophet brings a plotting library along; what forecasts nothing should not wait for it.
    from prophet import Prophet  # noqa: PLC0415

    flat = history < SHORT_HISTORY
    model = Prophet(
        growth="flat" if flat else "linear",
        yearly_seasonality=False,
        weekly_seasonality=False,
        daily_seasonality=False,
        n_changepoints=int(np.clip(len(frame) / WEEK, 1, 25)),
        changepoint_prior_scale=0.3,
        changepoint_range=0.95,
        uncertainty_samples=0,
    )
    short = history < 4 * WEEK
    model.add_seasonality("weekly", period=WEEK, fourier_order=3, prior_scale=0.5 if short else 2)
    if limit.is_over:
        raise TimeoutError
    # What optimises is a process of its own, which is ended then.
    model.fit(frame, seed=1, timeout=None if isinf(limit.left) else limit.left)
    return model


def weekday_noise(values: pd.Series[float], softening: float | None = None) -> float:
    """The spread of the days of eight weeks around their weekdays, on the log scale.

    Args:
        values: costs by day.
        softening: added to each day; without it a twentieth of the mean.
    """
    weeks = _last_weeks(values, 8)
    logs = np.log(weeks + (0.05 * max(float(weeks.mean()), 1e-9) if softening is None else softening))
    return float(np.std(logs - np.median(logs, axis=0)))


def _last_weeks(values: pd.Series[float], count: int) -> Path:
    """The last whole weeks, at most `count`, a row each; the day to come has the weekday of the first column."""
    weeks = min(count, len(values) // WEEK)
    return np.asarray(values, dtype=np.float64)[-weeks * WEEK :].reshape(weeks, WEEK)


def _days(values: pd.Series[float], horizon: int) -> pd.DatetimeIndex:
    return pd.date_range(values.index[-1] + pd.Timedelta(days=1), periods=horizon, freq="D")
