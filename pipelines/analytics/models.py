"""Point forecasts of one daily series: Prophet with a weekly season and a held trend, beside two plain profiles.

The policy and what it was measured against are in DECISIONS.md ("Forecasts"): Prophet alone extrapolates a slope
that usage rarely keeps, and a median of three is better than any of them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from prophet import Prophet

Path = NDArray[np.float64]

WEEK = 7
SHORT_HISTORY = 45
"""Below this many days a slope is noise: Prophet fits a level only."""
LONGEST_FIT = 180
OUTLIER_MADS = 5
IRREGULAR_ZERO_SHARE = 0.3


def is_irregular(values: pd.Series[float]) -> bool:
    """Whether so many of the last 90 days cost nothing that a weekly pattern cannot be told."""
    return bool((values.iloc[-90:] == 0).mean() > IRREGULAR_ZERO_SHARE)


def irregular_path(values: pd.Series[float], horizon: int) -> Path:
    """Half the weekday's mean of eight weeks, half their flat mean."""
    recent = values.iloc[-8 * WEEK :]
    by_weekday = recent.groupby(pd.DatetimeIndex(recent.index).weekday).mean()
    flat = float(recent.mean())
    return np.array([0.5 * by_weekday.get(day.weekday(), flat) + 0.5 * flat for day in _days(values, horizon)])


def weekday_mean_path(values: pd.Series[float], horizon: int) -> Path:
    """The mean of the last four of each weekday."""
    recent = values.iloc[-4 * WEEK :]
    by_weekday = recent.groupby(pd.DatetimeIndex(recent.index).weekday).mean()
    return np.array([by_weekday.get(day.weekday(), float(recent.mean())) for day in _days(values, horizon)])


def recent_level_path(values: pd.Series[float], horizon: int) -> Path:
    """The weekday profile of eight weeks, at the level of the last seven days."""
    recent = values.iloc[-8 * WEEK :]
    mean = float(recent.mean())
    level = float(values.iloc[-WEEK:].mean())
    if mean == 0:
        return np.full(horizon, level)
    profile = recent.groupby(pd.DatetimeIndex(recent.index).weekday).mean() / mean
    weekly = float(np.mean([profile.get(day.weekday(), 1.0) for day in values.index[-WEEK:]])) or 1.0
    return np.array([profile.get(day.weekday(), 1.0) / weekly * level for day in _days(values, horizon)])


def plain_path(values: pd.Series[float], horizon: int) -> Path:
    """What needs no fit: the mean of the two profiles, or the irregular rule."""
    if is_irregular(values):
        return irregular_path(values, horizon)
    return (weekday_mean_path(values, horizon) + recent_level_path(values, horizon)) / 2


def prophet_path(values: pd.Series[float], horizon: int) -> Path:
    """Prophet on the log scale, outliers masked in a second pass, the trend held at its last value, never below 0."""
    flat = len(values) < SHORT_HISTORY
    recent = values.iloc[-42:] if flat else values.iloc[-LONGEST_FIT:]
    positive = recent[recent > 0]
    scale = 0.01 * float(positive.median())
    frame = pd.DataFrame({"ds": recent.index, "y": np.log(recent.to_numpy() / scale + 1)})
    model = _fit(frame, len(values))
    fitted = model.predict(frame[["ds"]])["yhat"].to_numpy()
    residual = np.abs(frame["y"].to_numpy() - fitted)
    masked = residual > OUTLIER_MADS * max(float(np.median(residual)), 1e-9)
    if masked.any() and (~masked).sum() > 2 * WEEK:
        model = _fit(frame[~masked], len(values))
        fitted = model.predict(frame[["ds"]])["yhat"].to_numpy()
    ahead = model.predict(pd.DataFrame({"ds": _days(values, horizon)}))
    held = ahead["trend"].iloc[0] + ahead["weekly"].to_numpy()
    kept = np.flatnonzero(~masked)[-8 * WEEK :]
    back = (np.exp(fitted[kept]) - 1).clip(0) * scale
    smear = float(np.clip(recent.to_numpy()[kept].sum() / max(back.sum(), 1e-12), 0.5, 2.5))
    path: Path = ((np.exp(held) - 1) * scale * smear).clip(0)
    return path


def _fit(frame: pd.DataFrame, history: int) -> Prophet:
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
    model.fit(frame, seed=1)
    return model


def _days(values: pd.Series[float], horizon: int) -> pd.DatetimeIndex:
    return pd.date_range(values.index[-1] + pd.Timedelta(days=1), periods=horizon, freq="D")
