"""Bounds hold their forecast, widen with the level, and never fall below zero, whatever a series does."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.analytics.interval_table import TABLE
from pipelines.analytics.intervals import past_errors
from pipelines.analytics.models import Costs
from tests.analytics.costs import series, working_weeks
from tests.examples import examples


def costs_of(amounts: Iterable[float]) -> Costs:
    return Costs.of(series(amounts))


AMOUNTS = st.lists(st.integers(0, 10**12).map(lambda micros: micros / 1_000_000), min_size=14, max_size=50)


@settings(max_examples=examples(40), deadline=None)
@given(AMOUNTS, st.floats(0, 1e6), st.integers(1, 90))
def test_bounds_are_nested_around_what_is_expected(amounts: list[float], expected: float, ahead: int):
    errors = past_errors(costs_of(amounts))
    for bounds in (errors.day_bounds, errors.sum_bounds):
        lower_80, upper_80 = bounds(expected, ahead, 0.8)
        lower_95, upper_95 = bounds(expected, ahead, 0.95)
        assert 0 <= lower_95 <= lower_80 <= expected <= upper_80 <= upper_95
        assert np.isfinite(upper_95)


def test_a_series_that_was_hard_to_forecast_has_wider_bounds():
    calm, wild = (past_errors(costs_of(working_weeks(200, noise=noise))) for noise in (0.05, 0.8))
    for bounds in ("day_bounds", "sum_bounds"):
        (calm_lower, calm_upper), (wild_lower, wild_upper) = (getattr(e, bounds)(100.0, 7, 0.8) for e in (calm, wild))
        assert wild_lower < calm_lower
        assert calm_upper < wild_upper


def test_a_short_past_gives_wider_bounds_than_a_long_one():
    short, long = (past_errors(costs_of(working_weeks(days, noise=0.05))) for days in (15, 250))
    assert short.sum_bounds(100.0, 30, 0.8)[1] > long.sum_bounds(100.0, 30, 0.8)[1]


def test_bounds_scale_with_the_unit_of_money():
    amounts = working_weeks(100, noise=0.3)
    dollars, cents = past_errors(costs_of(amounts)), past_errors(costs_of(100 * a for a in amounts))
    assert [100 * bound for bound in dollars.sum_bounds(50.0, 30, 0.8)] == pytest.approx(
        cents.sum_bounds(5000.0, 30, 0.8)
    )


def test_a_constant_series_has_next_to_no_width():
    lower, upper = past_errors(costs_of([10.0] * 90)).sum_bounds(300.0, 30, 0.8)
    assert 299.5 < lower <= 300 <= upper < 300.5


def test_a_series_is_in_the_group_of_its_noise():
    groups = [past_errors(costs_of(working_weeks(200, noise=noise))).group for noise in (0.005, 0.2, 0.9)]
    assert groups == ["constant", "usual", "noisy"]
    assert past_errors(costs_of([0.0, 0.0, 0.0, 5.0] * 20)).group == "sparse"
    assert set(TABLE.scales) == {"constant", "usual", "noisy", "sparse"}


def test_the_table_has_a_scale_for_each_level_and_none_that_crosses():
    for scales in TABLE.scales.values():
        for kind in ("days", "sums"):
            assert 0 < scales.of(kind, 80) <= scales.of(kind, 95)
    assert max(TABLE.day_spreads) == 90
    assert max(TABLE.sum_spreads) == 90


def test_the_sums_of_an_irregular_series_are_wider_than_its_days_let_expect():
    chance = np.random.default_rng(1)
    errors = past_errors(costs_of((chance.random(30) < 0.3) * 20.0))
    assert errors.softening is None
    lower, upper = errors.sum_bounds(180.0, 30, 0.8)
    assert upper - lower > 2.5 * 20.0
