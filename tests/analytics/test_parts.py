"""Accounts, projects, cost centres, keys and models have forecasts that come to the total on every day."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from pipelines.analytics.forecast import Forecasts, forecast
from tests.analytics.costs import AS_OF, daily, row, rows, shaped, working_weeks

CHAT, SEARCH, SMALL = working_weeks(120, 30, 0.2, seed=1), working_weeks(120, 10, 0.4, seed=2), [2.0] * 9
SEAT = 3.0


def parts() -> pd.DataFrame:
    """Rows of int_forecast_parts: two projects of use, one of nine days, and seats that belong to no project."""
    found = []
    for kind, name, amounts, used in (
        ("project", "chat", CHAT, 1.0),
        ("project", "search", SEARCH, 1.0),
        ("project", "new", SMALL, 1.0),
        ("project", "(other)", [SEAT] * 120, 0.0),
        ("cost_center", "labs", [*CHAT[:-9], *(a + b for a, b in zip(CHAT[-9:], SMALL, strict=True))], 1.0),
        ("cost_center", "unallocated", [amount + SEAT for amount in SEARCH], None),
    ):
        for each in rows(amounts):
            amount = each["cost_amount"]
            usage = amount - SEAT if used is None else amount * used
            found.append(
                {name: each[name] for name in ("cost_date", "provider", "cost_kind", "currency")}
                | {"series_kind": kind, "series": name, "cost_amount": amount, "usage_amount": usage}
            )
    return pd.DataFrame(found)


def costs() -> pd.DataFrame:
    """The same as rows of int_forecast_costs; seats are entered for a month ahead."""
    days = (AS_OF - timedelta(days=120 - number) for number in range(150))
    seats = [row(day, SEAT, charge_category="Purchase", is_spread=True) for day in days]
    return daily(rows(CHAT), rows(SEARCH), rows(SMALL), seats)


@pytest.fixture(scope="module")
def found() -> Forecasts:
    seats = [
        row(AS_OF - timedelta(days=120 - day), SEAT, charge_category="Purchase", is_spread=True) for day in range(150)
    ]
    return forecast(daily(rows(CHAT), rows(SEARCH), rows(SMALL), seats), AS_OF, parts=parts())


def thirty_days(found: Forecasts) -> dict[tuple[str, str], float]:
    totals = found.totals[found.totals["horizon"] == "30"]
    return {(each.series_kind, each.series): each.total_amount for each in totals.itertuples()}


def test_the_parts_of_each_kind_come_to_the_total_on_each_day_and_in_each_sum(found: Forecasts):
    days = found.daily.pivot_table(
        index="forecast_date", columns="series_kind", values="expected_amount", aggfunc="sum"
    )
    assert sorted(days.columns) == ["cost_center", "project", "provider", "total"]
    sums = found.totals.pivot_table(index="horizon", columns="series_kind", values="total_amount", aggfunc="sum")
    for kind in ("provider", "project", "cost_center"):
        assert days[kind].tolist() == pytest.approx(days["total"].tolist())
        assert sums[kind].tolist() == pytest.approx(sums["total"].tolist())


def test_each_part_has_its_share_and_the_known_charges_that_are_its(found: Forecasts):
    amounts = thirty_days(found)
    assert amounts["project", "(other)"] == pytest.approx(30 * SEAT)
    chat, search, new = (amounts["project", name] for name in ("chat", "search", "new"))
    assert chat / search == pytest.approx(3, rel=0.15)
    assert new == pytest.approx(60, rel=0.15)
    assert amounts["cost_center", "unallocated"] == pytest.approx(search + 30 * SEAT, rel=0.1)
    assert set(found.daily[found.daily["series_kind"] == "project"]["method"]) == {
        "share of the total",
        "known charges",
    }


def test_a_part_that_ended_is_forecast_as_nothing_and_its_total_goes_on():
    whole = shaped(120)
    old = parts_of(("project", "old", whole[:60] + [0.0] * 60), ("project", "new", [0.0] * 60 + whole[60:]))
    amounts = thirty_days(forecast(daily(rows(whole)), AS_OF, parts=old))
    assert amounts["project", "old"] == 0
    assert amounts["project", "new"] == pytest.approx(amounts["total", "total"])


def test_the_order_of_parts_changes_no_digit(found: Forecasts):
    seats = [
        row(AS_OF - timedelta(days=120 - day), SEAT, charge_category="Purchase", is_spread=True) for day in range(150)
    ]
    costs = daily(rows(CHAT), rows(SEARCH), rows(SMALL), seats)
    shuffled = forecast(
        costs.sample(frac=1, random_state=5), AS_OF, parts=parts().sample(frac=1, random_state=3), known=found.usage
    )
    pd.testing.assert_frame_equal(shuffled.daily, found.daily)
    pd.testing.assert_frame_equal(shuffled.totals, found.totals)
    assert shuffled.usage == found.usage


def parts_of(*named: tuple[str, str, list[float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {name: each[name] for name in ("cost_date", "provider", "cost_kind", "currency", "cost_amount")}
            | {"series_kind": kind, "series": series, "usage_amount": each["cost_amount"]}
            for kind, series, amounts in named
            for each in rows(amounts)
        ]
    )
