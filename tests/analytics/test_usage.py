"""A forecast of usage is made once for the same costs, the same in one process as in several."""

from __future__ import annotations

import os

import pandas as pd
import pytest

from pipelines.analytics import usage
from pipelines.analytics.forecast import forecast
from pipelines.analytics.models import Costs
from pipelines.analytics.usage import UsageToForecast, forecast_usage
from tests.analytics.costs import AS_OF, daily, rows, series, working_weeks


def asked(count: int) -> dict[str, UsageToForecast]:
    found = [UsageToForecast(Costs.of(series(working_weeks(30, seed=seed))), 90) for seed in range(count)]
    return {each.key: each for each in found}


def test_the_same_costs_have_one_key_and_other_costs_days_or_horizons_another():
    costs = working_weeks(40)
    one = UsageToForecast(Costs.of(series(costs)), 90)
    moved = series(costs)
    moved.index += pd.Timedelta(days=1)
    keys = {
        UsageToForecast(Costs.of(series(costs)), 90).key,
        UsageToForecast(Costs.of(series(costs)), 91).key,
        UsageToForecast(Costs.of(series([*costs[:-1], costs[-1] + 1e-6])), 90).key,
        UsageToForecast(Costs.of(moved), 90).key,
    }
    assert one.key in keys
    assert len(keys) == 4


def test_another_version_of_a_library_is_another_key(monkeypatch: pytest.MonkeyPatch):
    one = UsageToForecast(Costs.of(series(working_weeks(40))), 90)
    before = one.key
    monkeypatch.setattr(usage, "version", lambda _: "99.0")
    usage._code_version.cache_clear()
    try:
        assert one.key != before
    finally:
        usage._code_version.cache_clear()


def test_what_is_known_is_not_forecast_again(monkeypatch: pytest.MonkeyPatch):
    costs = daily(rows(working_weeks(60)), rows(working_weeks(40, 3.0, 0.4), "groq"))
    once = forecast(costs, AS_OF)
    assert len(once.usage) == 3

    def made_again(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(usage, "_forecast_one", made_again)
    again = forecast(costs.sample(frac=1, random_state=3), AS_OF, known=once.usage)
    pd.testing.assert_frame_equal(again.daily, once.daily)
    pd.testing.assert_frame_equal(again.totals, once.totals)
    assert again.usage == once.usage


def test_only_what_is_still_asked_for_is_kept():
    some = asked(2)
    _, second = some
    known = forecast_usage(some, {}, 1)
    assert forecast_usage({second: some[second]}, known, 1) == {second: known[second]}


@pytest.mark.e2e
def test_two_processes_make_the_forecasts_that_one_makes():
    assert forecast_usage(asked(12), {}, 2) == forecast_usage(asked(12), {}, 1)


def killed() -> None:
    os._exit(1)


@pytest.mark.e2e
def test_a_killed_worker_costs_time_and_no_forecast(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(usage, "_end_with_parent", killed)
    assert forecast_usage(asked(12), {}, 2) == forecast_usage(asked(12), {}, 1)
