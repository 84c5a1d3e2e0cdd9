"""The forecast of the usage of one series, of many at once in several processes, and the key it can be stored under.

Belongs here: which parts a forecast is made of, and making each only once. Does not: storing it, and what is known of
the days ahead besides usage.
"""

from __future__ import annotations

import hashlib
import inspect
import os
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from multiprocessing import get_context, parent_process
from threading import Thread

import numpy as np

from pipelines.analytics import drift, intervals, models
from pipelines.analytics.drift import drifting
from pipelines.analytics.intervals import PastErrors, past_errors
from pipelines.analytics.models import Costs, Path

LEAST_PER_WORKER = 6
"""Series; a process takes as long to start as that many forecasts."""
LIBRARIES = ("numpy", "pandas", "prophet", "statsforecast")


@dataclass(frozen=True)
class UsageForecast:
    """The expected amounts of the next days, the method that gave them, and how wrong such a forecast has been."""

    path: tuple[float, ...]
    method: str
    errors: PastErrors


@dataclass(frozen=True)
class UsageToForecast:
    """The usage of a series, and for how many days it is forecast."""

    costs: Costs
    horizon: int

    @property
    def key(self) -> str:
        """A hash of all that the forecast depends on, this program and its libraries included."""
        of = hashlib.sha256(_code_version().encode())
        of.update(f"{self.horizon} {self.costs.regular.index[0].date()} ".encode())
        for part in (self.costs.regular, self.costs.irregular):
            of.update(part.to_numpy(dtype=np.float64).tobytes())
        return of.hexdigest()


def forecast_usage(
    asked: Mapping[str, UsageToForecast], known: Mapping[str, UsageForecast], workers: int
) -> dict[str, UsageForecast]:
    """The forecast of each of `asked`, by key: from `known` where it is there.

    Args:
        asked: what is to be forecast, by its key.
        known: forecasts made before, by their keys.
        workers: how many processes may work at once. They take about 300 MB each, and few series are not worth them.
    """
    new = {key: usage for key, usage in asked.items() if key not in known}
    made = dict(zip(new, _in_processes(list(new.values()), min(workers, len(new) // LEAST_PER_WORKER)), strict=True))
    return {key: known[key] if key in known else made[key] for key in asked}


def expected_path(costs: Costs, horizon: int) -> tuple[Path, str]:
    """The expected amounts of the next days, and which method gave them."""
    irregular = models.irregular_path(costs.irregular, horizon)
    if not costs.has_a_week:
        return irregular, "irregular"
    paths = [*models.weekly_paths(costs.regular, horizon), *models.smoothing_paths(costs.regular, horizon)]
    method = "weekday profiles"
    try:
        paths.append(models.prophet_path(costs.regular, horizon))
        method = "median of prophet, smoothing and weekday profiles"
    except (RuntimeError, ValueError):
        # Prophet's optimiser gives up on some shapes of series; the others still know the week.
        pass
    return irregular + drifting(np.median(paths, axis=0), costs.regular), method


def _in_processes(usages: list[UsageToForecast], workers: int) -> list[UsageForecast]:
    if workers > 1:
        # A process forked after Prophet was used may hang.
        context = get_context("spawn")
        try:
            with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
                return list(pool.map(_forecast_one, usages))
        except BrokenProcessPool:
            pass  # one was killed, such as for want of memory: go on without them
    return [_forecast_one(usage) for usage in usages]


def _forecast_one(usage: UsageToForecast) -> UsageForecast:
    path, method = expected_path(usage.costs, usage.horizon)
    return UsageForecast(tuple(path.tolist()), method, past_errors(usage.costs))


def _end_with_parent() -> None:
    """End this process when the one that started it is killed, which would leave it waiting for work."""

    def wait() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


@cache
def _code_version() -> str:
    """Changes with whatever may change a forecast of the same costs."""
    modules = (drift, intervals, models, inspect.getmodule(_code_version))
    code = "".join(inspect.getsource(module) for module in modules if module)
    return " ".join([code, *(f"{name} {version(name)}" for name in LIBRARIES)])
