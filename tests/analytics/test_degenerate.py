"""No shape of series stops a build: each is forecast with finite amounts in order, or says why not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.analytics.forecast import forecast
from tests.analytics.costs import AS_OF, daily, rows, working_weeks

CALM = working_weeks(60)
BOUNDS = ["lower_95", "lower_80", "expected_amount", "upper_80", "upper_95"]
DEGENERATE = {
    "constant": ([10.0] * 60, 300.0),
    "zero": ([0.0] * 60, None),
    "unknown": ([None] * 60, None),
    "one point": ([5.0], None),
    "tiny": ([1e-9] * 60, 30e-9),
    "given back": ([-10.0] * 60, 0.0),
    "huge": ([1e12] * 60, 30e12),
}
"""Costs, and what thirty days of them come to; None where there is no forecast."""


@pytest.mark.parametrize("name", DEGENERATE)
def test_a_degenerate_series_is_forecast_as_it_is_and_holds_no_other_up(name: str):
    costs, thirty_days = DEGENERATE[name]
    alone = forecast(daily(rows(costs, "odd")), AS_OF)
    found = forecast(daily(rows(costs, "odd"), rows(CALM, "calm")), AS_OF, known=alone.usage)
    totals = found.totals[found.totals["horizon"] == "30"].set_index("series")["total_amount"]
    assert totals.get("odd") == (None if thirty_days is None else pytest.approx(thirty_days, rel=0.01))
    assert totals["calm"] > 0
    assert np.isfinite(found.daily[BOUNDS].to_numpy()).all()
    assert (np.diff(found.daily[BOUNDS].to_numpy(), axis=1) >= 0).all()


def test_all_of_them_in_another_order_of_rows_are_forecast_alike():
    costs = daily(*(rows(costs, name) for name, (costs, _) in DEGENERATE.items()), rows(CALM, "calm"))
    expected = forecast(costs, AS_OF)
    found = forecast(costs.sample(frac=1, random_state=2), AS_OF)
    for name in ("daily", "totals", "status"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(expected, name))
