"""What each series is forecast from: its usage, and what is known to be charged.

Belongs here: which past days say something of the days to come, whether a series has stopped or has only begun, and
what a total is made of. Does not: forecasting it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from pipelines.analytics.charges import SPIKES, bills_ahead, planned, recurring_spikes
from pipelines.analytics.models import WEEK, Costs, without_gaps
from pipelines.analytics.series import Series

LEAST_HISTORY = 14
"""Days since the first usage; below this a forecast would be a guess."""
LONGEST_HORIZON = 90
LEAST_PAUSE = 14
"""Days without any use that may be an end, where a series never had a third of them."""
END_TO_PAUSE = 3
QUIET = 8 * WEEK


@dataclass(frozen=True)
class Outlook:
    """A series as it is forecast.

    Args:
        series: what it is the outlook of.
        costs: its usage up to the last delivered day, without bills that come again; None where none is forecast.
        planned: what is known to be charged on each day ahead.
        history: delivered days from the first usage on.
        waits: days until there is history enough for a forecast.
        stopped_on: the day after its last use, where it has ended.
        is_quiet: nothing was used for eight weeks.
        thirty_day_pace: what 30 days at the mean so far come to, of what is too young to be in a forecast.
        is_part: its forecast is a share of its total's, see parts.py.
    """

    series: Series
    costs: Costs | None
    planned: pd.Series[float]
    history: int
    waits: int
    stopped_on: date | None = None
    is_quiet: bool = False
    thirty_day_pace: float | None = None
    is_part: bool = False

    @property
    def is_forecast(self) -> bool:
        """Whether there is anything to say of the days ahead."""
        return self.costs is not None or self.stopped_on is not None or self.is_planned_only or self.is_part

    def is_provider_of(self, total: Outlook) -> bool:
        """Whether this is a provider that `total` is the sum of."""
        return not self.is_part and self.series.is_within(total.series)

    @property
    def is_planned_only(self) -> bool:
        """Whether all that is expected is known charges."""
        return self.costs is None and bool((self.planned != 0).any())


@dataclass(frozen=True)
class _Part:
    """One provider: its usage without gaps and recurring bills, and those bills on the days ahead."""

    name: str
    usage: pd.Series[float]
    bills: pd.Series[float]
    history: int
    waits: int
    stopped_on: date | None
    is_quiet: bool

    @property
    def is_forecast(self) -> bool:
        return not self.waits and self.stopped_on is None and not self.is_quiet


def outlooks(found: Sequence[Series], as_of: date) -> list[Outlook]:
    """The outlook of each series, in their order; a total is the sum of its providers'."""
    end = pd.Timestamp(as_of) + pd.Timedelta(days=LONGEST_HORIZON - 1)
    answers = []
    made: dict[tuple[str, ...], _Part] = {}
    for series in found:
        days = pd.date_range(series.delivered_through + timedelta(days=1), end, freq="D")
        parts = []
        for part in [part for part in found if part.is_within(series)] or [series]:
            # A provider that is as late as the total is the same part of both.
            key = (*part.identity.values(), str(days[0]))
            if key not in made:
                made[key] = _part(part, as_of, days)
            parts.append(made[key])
        answers.append(_outlook(series, parts, as_of, days))
    return answers


def _outlook(series: Series, parts: Sequence[_Part], as_of: date, days: pd.DatetimeIndex) -> Outlook:
    forecast = [part for part in parts if part.is_forecast]
    ahead = planned(series.charges, as_of, days)
    for part in parts:
        ahead = ahead.add(part.bills, fill_value=0.0).reindex(days)
    history = max((part.history for part in parts), default=0)
    waits = min((part.waits for part in parts), default=LEAST_HISTORY)
    costs = None
    if forecast:
        index = pd.date_range(min(part.usage.index[0] for part in forecast), series.delivered_through, freq="D")
        usages = [part.usage.reindex(index, fill_value=0.0) for part in forecast]
        delivered = series.delivered.reindex(index, fill_value=True)
        total = without_gaps(sum(usages[1:], start=usages[0]).where(delivered))
        costs = Costs.of(total, usages) if total.any() else None
    ended = [part.stopped_on for part in parts if part.history]
    return Outlook(
        series,
        costs,
        ahead,
        history,
        waits,
        stopped_on=max(day for day in ended if day) if ended and all(ended) else None,
        is_quiet=history > 0 and all(part.is_quiet for part in parts if part.history),
        thirty_day_pace=30 * sum(float(part.usage.mean()) for part in parts) if history and waits else None,
    )


def _part(series: Series, as_of: date, days: pd.DatetimeIndex) -> _Part:
    observed = series.observed_usage.clip(lower=0)
    history = int(observed.notna().sum())
    nothing = pd.Series(0.0, index=days)
    if not history:
        return _Part(series.series, observed, nothing, 0, LEAST_HISTORY, None, is_quiet=False)
    stopped_on = _stopped_on(observed)
    usage = without_gaps(_without_long_pauses(observed))
    spikes = recurring_spikes(usage)
    bills = bills_ahead(spikes[spikes > 0], as_of, days, SPIKES)
    quiet = bool((observed.iloc[-QUIET:].fillna(0.0) == 0).all()) and not bills.any()
    age = (pd.Timestamp(as_of) - observed.index[0]).days
    # Days that are late put off no forecast, as long as a whole week is there.
    waits = max(LEAST_HISTORY - age, WEEK - history, 0)
    return _Part(series.series, usage - spikes, bills, history, waits, None if bills.any() else stopped_on, quiet)


def _pauses(observed: pd.Series[float]) -> list[tuple[int, int]]:
    """Runs of delivered days without use, as (first, behind the last); days that were not delivered end none."""
    idle = (observed.fillna(0.0) == 0).to_numpy()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], idle.astype(int), [0]])))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _is_far_longer(pause: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    longest = max((end - begin for begin, end in others), default=0)
    return pause[1] - pause[0] >= max(LEAST_PAUSE, END_TO_PAUSE * longest + 1)


def _stopped_on(observed: pd.Series[float]) -> date | None:
    """The first day of the pause that a series ends with, where it is far longer than any before."""
    pauses = _pauses(observed)
    if not pauses or pauses[-1][1] != len(observed) or not _is_far_longer(pauses[-1], pauses[:-1]):
        return None
    day: date = observed.index[pauses[-1][0]].date()
    return day


def _without_long_pauses(observed: pd.Series[float]) -> pd.Series[float]:
    """A pause that has ended, far longer than any other, says nothing of a week: as if it was not delivered."""
    pauses = _pauses(observed)
    usage = observed.copy()
    for number, (begin, end) in enumerate(pauses):
        if end < len(usage) and _is_far_longer((begin, end), pauses[:number] + pauses[number + 1 :]):
            usage.iloc[begin:end] = np.nan
    return usage
