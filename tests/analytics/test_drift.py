"""A level grows as its own past did where that was nearer than holding it, and is held everywhere else."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from pipelines.analytics import drift
from pipelines.analytics.plain_past import PlainPast
from tests.analytics.costs import series, working_weeks


def grown(days: int, weekly: float) -> list[float]:
    return [amount * np.exp(weekly * number / 7) for number, amount in enumerate(working_weeks(days, noise=0.05))]


def growth_of(amounts: Iterable[float]) -> float:
    costs = series(amounts)
    return drift.weekly_growth(costs, PlainPast(costs))


@pytest.mark.parametrize("weekly", [0.02, -0.02])
def test_what_grew_or_shrank_for_a_year_goes_on_as_it_did(weekly: float):
    assert growth_of(grown(365, weekly)) == pytest.approx(weekly, abs=0.002)


def test_ten_weeks_are_the_least_that_show_growth_and_younger_ones_grow_as_is_usual():
    """Six weeks for a slope, and four to see whether it went on."""
    assert 0 < growth_of(grown(69, 0.03)) < drift.USUAL / 2
    assert growth_of(working_weeks(69, noise=0.4)) == drift.USUAL
    assert growth_of(grown(70, 0.03)) == pytest.approx(0.03, abs=0.005)


def test_what_costs_the_same_each_week_grows_at_no_age():
    assert [growth_of([10.0] * 40), growth_of(working_weeks(40, noise=0))] == pytest.approx([0, 0], abs=1e-6)


def test_a_level_that_turned_each_time_it_had_grown_is_held():
    waves = np.exp(0.5 * np.sin(np.arange(360) / 50 * 2 * np.pi))
    assert growth_of(np.array(working_weeks(360, noise=0.05)) * waves) == 0


def test_noise_around_a_level_is_no_growth():
    assert [abs(growth_of(working_weeks(300, noise=0.2, seed=seed))) < 0.004 for seed in range(5)] == [True] * 5


def test_growth_is_added_to_the_path_from_its_first_day_on():
    costs = series([20 * np.exp(0.02 * number / 7) for number in range(200)])
    found = drift.drifting(np.ones(14), costs, PlainPast(costs))[[0, 6, 13]]
    assert np.log(found).tolist() == pytest.approx([0.02 / 7, 0.02, 0.04], rel=0.03)
