"""A backtest has exact errors, sees no future and holds until its next origin; a baseline is published if nearer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from pipelines.analytics import usage
from pipelines.analytics.backtest import (
    COLUMNS,
    FORECAST,
    LEAST_PAST,
    MOST_ORIGINS,
    ORIGIN_STEP,
    Accuracy,
    Backtest,
    backtest,
    days_tested,
    rows,
)
from pipelines.analytics.baselines import (
    AUTO_ETS,
    BASELINES,
    LINEAR,
    SEASONAL_NAIVE,
    WEEKDAY_MEAN,
    linear_path,
    seasonal_naive_path,
)
from pipelines.analytics.forecast import forecast
from pipelines.analytics.models import Costs
from pipelines.analytics.usage import UsageToForecast
from tests.analytics import costs as made
from tests.analytics.costs import AS_OF, daily, series, working_weeks

LAST = (AS_OF.toordinal()) % ORIGIN_STEP
"""Days between the last possible origin and the day under way."""


def costs_of(amounts: Iterable[float]) -> Costs:
    return Costs.of(series(amounts))


def accuracy(method: str, horizon: int = 30, **other: float) -> Accuracy:
    usual = {"origins": 8, "actual": 100.0, "error": 10.0, "bias": 0.0, "nearer": 0.0}
    return Accuracy(method, horizon, **{**usual, **other}, day_coverage={}, total_coverage={})  # type: ignore[arg-type]


def test_where_weeks_repeat_seasonal_naive_is_exact_and_a_new_level_is_its_exact_error():
    week = [10.0, 20.0, 30.0, 40.0, 50.0, 5.0, 6.0]
    found = backtest(costs_of(week * 34), "")
    naive = found.of(SEASONAL_NAIVE, 7)
    assert naive is not None
    assert (naive.actual, naive.error, naive.bias, naive.origins) == (161.0, 0.0, 0.0, MOST_ORIGINS)
    # All days after the newest origin cost twice as much: that origin expects half.
    newest = 238 - LAST - ORIGIN_STEP
    doubled = [amount * (2 if at >= newest else 1) for at, amount in enumerate(week * 34)]
    naive = backtest(costs_of(doubled), "").of(SEASONAL_NAIVE, 7)
    assert naive is not None
    assert (naive.error, naive.bias) == (pytest.approx(161 / MOST_ORIGINS), pytest.approx(-161 / MOST_ORIGINS))
    assert naive.actual == pytest.approx(161 * (MOST_ORIGINS + 1) / MOST_ORIGINS)


def test_a_line_is_exact_where_costs_grow_by_a_cent_a_day():
    grown = [1 + 0.01 * day for day in range(200)]
    assert linear_path(series(grown), 30).tolist() == pytest.approx([1 + 0.01 * day for day in range(200, 230)])
    found = backtest(costs_of(grown), "").of(LINEAR, 90)
    assert found is not None
    assert found.error == pytest.approx(0, abs=1e-6)
    assert seasonal_naive_path(series(range(10)), 9).tolist() == [3, 4, 5, 6, 7, 8, 9, 3, 4]


def test_origins_are_on_the_same_days_for_all_and_each_horizon_has_those_long_enough_ago():
    found = backtest(costs_of(working_weeks(300)), "")
    last = AS_OF - timedelta(days=LAST)
    assert found.last_origin == last - timedelta(days=ORIGIN_STEP)
    assert found.first_origin == last - timedelta(days=ORIGIN_STEP * MOST_ORIGINS)
    assert found.last_origin.toordinal() % ORIGIN_STEP == 0
    counts = {each.horizon: each.origins for each in found.accuracies if each.method == FORECAST}
    assert counts == {7: 9, 30: 8, 60: 7, 90: 5}
    assert {each.method for each in found.accuracies} == {FORECAST, *BASELINES}


def test_no_origin_sees_its_future():
    past = working_weeks(260, noise=0.3)
    changed = np.array(past)
    origin = 260 - LAST - 3 * ORIGIN_STEP  # the third newest
    changed[origin:] *= np.random.default_rng(3).lognormal(1, 1, len(changed) - origin)
    expected = []
    for amounts in (past, changed.tolist()):
        found = backtest(costs_of(amounts), "")
        # Of 60 days only origins up to the third newest can be judged, and what they expected is what came plus bias.
        expected.append({each.method: each.actual + each.bias for each in found.accuracies if each.horizon == 60})
    assert set(expected[0]) == {FORECAST, *BASELINES}
    assert expected[1] == pytest.approx(expected[0])


def test_what_is_measured_of_a_calm_series_is_within_its_intervals():
    found = backtest(costs_of(working_weeks(300, noise=0.05)), "").of(FORECAST, 30)
    assert found is not None
    assert found.ratio is not None
    assert found.ratio < 0.05
    assert 0.6 <= found.day_coverage[80] <= found.day_coverage[95] <= 1
    assert found.total_coverage[80] <= found.total_coverage[95]


@pytest.mark.parametrize(
    "amounts",
    [
        [10.0] * 120,
        [0.0] * 120,
        [5.0],
        [1e-9] * 120,
        [-3.0] * 120,
        [0.0] * 119 + [7.0],
        [4.0] * (LEAST_PAST + ORIGIN_STEP - 1),
        [0.0, 0.0, 0.0, 90.0] * 30,
    ],
    ids=["constant", "zero", "one point", "tiny", "negative", "one day", "short", "sparse"],
)
def test_no_series_is_too_odd_to_test(amounts: list[float]):
    found = backtest(costs_of(amounts), "")
    for each in found.accuracies:
        assert np.isfinite([each.actual, each.error, each.bias]).all()
        assert 0 <= each.nearer <= 1
    assert (found.accuracies == ()) == (len(amounts) < LEAST_PAST + ORIGIN_STEP)


def test_idle_days_after_the_first_origin_stop_no_form_that_was_chosen_at_it():
    amounts = working_weeks(260, noise=0.3)
    amounts[150:156] = [0.0] * 6
    found = backtest(costs_of(amounts), "")
    assert {each.method for each in found.accuracies} == {FORECAST, *BASELINES}


def test_days_that_were_not_delivered_stop_no_backtest():
    amounts: list[float | None] = list(working_weeks(200))
    amounts[60:64] = [None] * 4
    found = forecast(daily(made.rows(amounts)), AS_OF).backtest
    assert len(found) > 0
    assert found.notna()["error_ratio"].all()


def test_a_baseline_is_published_only_where_it_was_clearly_nearer_at_every_horizon():
    forecasts = [accuracy(FORECAST, horizon) for horizon in (7, 30, 60)]
    near = [accuracy(SEASONAL_NAIVE, horizon, error=9.0, nearer=0.6) for horizon in (7, 30, 60)]
    nearer = [accuracy(WEEKDAY_MEAN, horizon, error=8.0, nearer=0.6) for horizon in (7, 30, 60)]

    def chosen(*found: Accuracy) -> str | None:
        nearest = Backtest("", None, None, found).nearest_baseline
        return nearest.method if nearest else None

    assert chosen(*forecasts, *near) == SEASONAL_NAIVE
    assert chosen(*forecasts, *near, *nearer) == WEEKDAY_MEAN
    assert chosen(*forecasts, *near[:2], accuracy(SEASONAL_NAIVE, 60, error=9.1, nearer=0.9)) is None
    assert chosen(*forecasts, *near[:2], accuracy(SEASONAL_NAIVE, 60, error=1.0, nearer=0.5)) is None
    assert chosen(*forecasts, *near[:2]) is None
    few = [
        accuracy(method, horizon, origins=5, error=error, nearer=1.0)
        for horizon in (7, 30, 60)
        for method, error in ((FORECAST, 10.0), (AUTO_ETS, 1.0))
    ]
    assert chosen(*few) is None


def test_a_series_that_a_baseline_tells_better_is_forecast_by_it_and_says_so():
    # A line, whose slope is held by no more than a part of it, is told by a line.
    noise = np.random.default_rng(2).normal(0, 10, 260)
    grown = daily(made.rows((100 + 3.0 * np.arange(260) + noise).tolist()))
    found = forecast(grown, AS_OF)
    total = found.daily[found.daily["series_kind"] == "total"]
    assert set(total["method"]) == {LINEAR}
    assert total["expected_amount"].tolist() == pytest.approx([100 + 3.0 * day for day in range(260, 350)], rel=0.02)
    message = found.status.set_index("series_kind").loc["total", "message"]
    forecasts = found.backtest.query("series_kind == 'total' and horizon_days == 30").set_index("method")
    assert message == f"linear was nearer: 0% against {forecasts.loc[FORECAST, 'error_ratio']:.0%}"
    assert forecasts["is_published"].to_dict() == {method: method == LINEAR for method in forecasts.index}


def test_rows_name_their_units_and_what_came_to_nothing_has_no_ratio():
    nothing = Backtest("", date(2026, 1, 1), date(2026, 2, 1), (accuracy(FORECAST, actual=0.0),))
    (row,) = rows(nothing, FORECAST)
    assert list(row) == list(COLUMNS)
    assert (row["error_ratio"], row["bias_ratio"], row["is_published"]) == (None, None, True)


def test_a_backtest_is_made_once_for_many_days_and_is_the_same_as_made_again(monkeypatch: pytest.MonkeyPatch):
    until = 200 - LAST
    amounts = working_weeks(200)
    costs = costs_of(amounts)
    assert days_tested(costs) == until
    yesterday = UsageToForecast(costs.until(until + 1) if until < 200 else costs, 90, is_tested=True)
    today = UsageToForecast(costs, 90, is_tested=True)
    assert yesterday.backtest_key == today.backtest_key
    assert UsageToForecast(costs, 90).key != today.key
    known = usage.forecast_usage({yesterday.key: yesterday}, {}, 1)
    again = backtest(costs, today.backtest_key)

    def made_again(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(usage.backtest, "backtest", made_again)
    assert usage.forecast_usage({today.key: today}, known, 1)[today.key].backtest == again


def test_only_the_largest_series_are_tested():
    many = [made.rows([float(number)] * 90, f"provider {number:02}") for number in range(1, 31)]
    found = forecast(daily(*many), AS_OF).backtest
    tested = set(found["series"])
    assert len(tested) == 24
    assert tested == {"total", *(f"provider {number:02}" for number in range(8, 31))}
    assert isinstance(found, pd.DataFrame)
