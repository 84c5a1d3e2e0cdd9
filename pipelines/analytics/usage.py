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
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from multiprocessing import get_context, parent_process
from threading import Thread

import numpy as np

from pipelines.analytics import (
    backtest,
    baselines,
    combination,
    drift,
    interval_table,
    intervals,
    models,
    plain_past,
    time_limit,
)
from pipelines.analytics.backtest import Backtest, days_tested
from pipelines.analytics.baselines import baseline_path
from pipelines.analytics.combination import combined, expected_path
from pipelines.analytics.interval_table import TABLE
from pipelines.analytics.intervals import PastErrors, past_errors
from pipelines.analytics.models import Costs
from pipelines.analytics.plain_past import PlainPast
from pipelines.analytics.time_limit import SECONDS_EACH, TimeLimit

LEAST_PER_WORKER = 6
"""Series; a process takes as long to start as that many forecasts."""
BACKTEST_EFFORT = 2
"""Forecasts that take as long as a backtest."""
PART_PAST = 16 * models.WEEK
"""Days whose errors the parts of totals have: there are many of them, and they take most of their time."""
LIBRARIES = ("numpy", "pandas", "prophet", "statsforecast")


@dataclass(frozen=True)
class UsageForecast:
    """The expected amounts of the next days, the method that gave them, and how wrong such a forecast has been.

    `backtest` is None where none was asked for, or none was ready in time; `out_of_time` says that anything was not.
    """

    path: tuple[float, ...]
    method: str
    errors: PastErrors
    backtest: Backtest | None = None
    out_of_time: bool = False


@dataclass(frozen=True)
class UsageToForecast:
    """The usage of a series, for how many days it is forecast, and whether its accuracy is measured as well.

    `is_part`: its forecast is a share of its total's, for which nothing is fitted. `seconds` is how long it may take:
    what is not ready by then is left out, the backtest first.
    """

    costs: Costs
    horizon: int
    is_tested: bool = False
    is_part: bool = False
    seconds: float = SECONDS_EACH

    @property
    def key(self) -> str:
        """A hash of all that the forecast depends on, this program and its libraries included."""
        return _key(self.costs, f"{self.horizon} {self.is_tested} {self.is_part}")

    @property
    def backtest_key(self) -> str:
        """The same of its backtest, which stays as it is for some days."""
        return _key(self.costs.until(days_tested(self.costs)), "backtest")


def forecast_usage(
    asked: Mapping[str, UsageToForecast], known: Mapping[str, UsageForecast], workers: int
) -> dict[str, UsageForecast]:
    """The forecast of each of `asked`, by key: from `known` where it is there.

    Args:
        asked: what is to be forecast, by its key.
        known: forecasts made before, by their keys.
        workers: how many processes may work at once. They take about 300 MB each, and few series are not worth them.
    """
    backtests = {each.backtest.key: each.backtest for each in known.values() if each.backtest}
    new = {
        key: (usage, backtests.get(usage.backtest_key) if usage.is_tested else None)
        for key, usage in asked.items()
        if key not in known
    }
    fitted = {key: each for key, each in new.items() if not each[0].is_part}
    made = dict(zip(fitted, _in_processes(list(fitted.values()), workers), strict=True))
    made |= {key: _share_of_total(usage) for key, (usage, _) in new.items() if usage.is_part}
    return {key: known[key] if key in known else made[key] for key in asked}


def _in_processes(usages: list[tuple[UsageToForecast, Backtest | None]], workers: int) -> list[UsageForecast]:
    effort = sum(BACKTEST_EFFORT if usage.is_tested and tested is None else 1 for usage, tested in usages)
    workers = min(workers, effort // LEAST_PER_WORKER)
    if workers > 1:
        # A process forked after Prophet was used may hang.
        context = get_context("spawn")
        try:
            with ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent) as pool:
                return list(pool.map(_forecast_one, usages))
        except BrokenProcessPool:
            pass  # one was killed, such as by a lack of memory: go on without them
    return [_forecast_one(usage) for usage in usages]


def _forecast_one(asked: tuple[UsageToForecast, Backtest | None]) -> UsageForecast:
    usage, tested = asked
    limit = TimeLimit.of(usage.seconds)
    past = PlainPast(usage.costs.regular)
    path, method = expected_path(usage.costs, usage.horizon, past, limit)
    if usage.is_tested and tested is None:
        with suppress(TimeoutError):
            tested = backtest.backtest(usage.costs, usage.backtest_key, past, limit)
    nearest = tested.nearest_baseline if tested else None
    instead = baseline_path(usage.costs, nearest.method, usage.horizon) if nearest else None
    if nearest and instead is not None:
        path, method = instead, nearest.method
    errors = past_errors(usage.costs, past)
    return UsageForecast(tuple(path.tolist()), method, errors, tested, out_of_time=limit.is_over)


def _share_of_total(usage: UsageToForecast) -> UsageForecast:
    path = combined(usage.costs, [], usage.horizon, PlainPast(usage.costs.regular))
    errors = past_errors(usage.costs.last(PART_PAST))
    return UsageForecast(tuple(path.tolist()), "share of the total", errors)


def _end_with_parent() -> None:
    """End this process when the one that started it is killed, which would leave it waiting for work."""

    def wait() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _key(costs: Costs, of_what: str) -> str:
    of = hashlib.sha256(_code_version().encode())
    of.update(f"{of_what} {costs.regular.index[0].date() if len(costs.regular) else None} ".encode())
    for part in (costs.regular, costs.irregular):
        of.update(part.to_numpy(dtype=np.float64).tobytes())
    return of.hexdigest()


@cache
def _code_version() -> str:
    """Changes with whatever may change a forecast of the same costs."""
    modules = (
        backtest,
        baselines,
        combination,
        drift,
        interval_table,
        intervals,
        models,
        plain_past,
        time_limit,
        inspect.getmodule(_code_version),
    )
    code = "".join(inspect.getsource(module) for module in modules if module)
    return " ".join([code, TABLE.model_dump_json(), *(f"{name} {version(name)}" for name in LIBRARIES)])
