"""Each way of forecasting alone: Prophet holds its trend and looks past outliers, a spike does not echo in the week."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.analytics.combination import combined
from pipelines.analytics.models import Costs, Path, prophet_path, without_spikes
from pipelines.analytics.plain_past import PlainPast
from pipelines.analytics.time_limit import NO_LIMIT
from tests.analytics.costs import series, working_weeks


def plain(costs: Costs, horizon: int) -> Path:
    return combined(costs, [], horizon, PlainPast(costs.regular))


@pytest.mark.parametrize("days", [20, 40, 180, 400])
def test_prophet_holds_the_trend_at_its_last_value_and_stays_above_zero(days: int):
    for growth in (0.97, 1.02):
        costs = [amount * growth**number for number, amount in enumerate(working_weeks(days, noise=0.05))]
        path = prophet_path(series(costs), 90, NO_LIMIT)
        assert path[77:84].tolist() == pytest.approx(path[:7].tolist())
        assert (path >= 0).all()


def test_prophet_fits_past_a_day_far_outside():
    def path_of(costs: list[float]) -> Path:
        return prophet_path(series(costs), 28, NO_LIMIT)

    calm = working_weeks(120, noise=0.05)
    wild = [*calm[:90], calm[90] * 50, *calm[91:]]
    assert path_of(wild).sum() == pytest.approx(path_of(calm).sum(), rel=0.03)


def test_a_spike_is_replaced_by_its_usual_and_a_new_level_is_kept():
    calm = working_weeks(56, noise=0.05)
    tamed = without_spikes(series([*calm[:30], 40 * calm[30], *calm[31:]]))
    assert tamed.iloc[30] == pytest.approx(calm[30], rel=0.2)
    risen = [*calm[:28], *[5 * amount for amount in calm[28:]]]
    assert without_spikes(series(risen)).sum() == pytest.approx(sum(risen), rel=0.1)


def test_a_series_is_told_apart_by_its_providers_and_nothing_is_lost():
    weekly, bills = series(working_weeks(90)), series([60.0 if day % 30 == 0 else 0.0 for day in range(90)])
    costs = Costs.of(weekly + bills, [weekly, bills])
    assert costs.irregular.tolist() == bills.tolist()
    assert costs.regular.tolist() == pytest.approx(weekly.tolist())
    assert plain(costs, 28).sum() == pytest.approx(plain(Costs.of(weekly), 28).sum() + plain(Costs.of(bills), 28).sum())


def test_a_steady_week_is_forecast_as_it_is():
    week = [5.0, 6.0, 7.0, 8.0, 9.0, 1.0, 2.0]
    assert plain(Costs.of(series(week * 8)), 10).tolist() == pytest.approx([*week, 5.0, 6.0, 7.0])
    assert np.isfinite(plain(Costs.of(series(week * 2)), 90)).all()
