"""Daily costs become complete series of finished days, one for each total and each provider."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from pipelines.analytics.series import daily_series
from tests.analytics.costs import AS_OF, daily, row

MONDAY = date(2026, 6, 8)


def test_a_day_without_a_row_costs_nothing_and_the_last_finished_day_ends_every_series():
    found = daily_series(daily([row(MONDAY, 3.0), row(MONDAY + timedelta(days=2), 4.0)]), AS_OF)
    assert [series.series for series in found] == ["total", "anthropic"]
    for series in found:
        assert series.costs.index[0].date() == MONDAY
        assert series.costs.index[-1].date() == AS_OF - timedelta(days=1)
        assert series.costs.tolist() == [3.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


def test_the_day_under_way_and_days_to_come_are_left_out():
    ahead = [row(AS_OF + timedelta(days=number), 9.0) for number in range(3)]
    found = daily_series(daily([row(MONDAY, 3.0), *ahead]), AS_OF)
    assert [series.costs.sum() for series in found] == [3.0, 3.0]
    assert daily_series(daily(ahead), AS_OF) == []


def test_rows_of_a_day_add_up_across_models_and_providers():
    costs = daily(
        [row(MONDAY, Decimal("0.10")), row(MONDAY, Decimal("0.20"), model_id=None), row(MONDAY, Decimal(1), "groq")]
    )
    sums = {series.series: round(float(series.costs.iloc[0]), 12) for series in daily_series(costs, AS_OF)}
    assert sums == {"total": 1.3, "anthropic": 0.3, "groq": 1.0}


def test_currencies_and_kinds_of_cost_are_never_added():
    costs = daily([row(MONDAY, 1.0), row(MONDAY, 2.0, currency="EUR"), row(MONDAY, 4.0, cost_kind="list_price_value")])
    totals = [series for series in daily_series(costs, AS_OF) if series.series_kind == "total"]
    assert [(series.cost_kind, series.currency, series.costs.iloc[0]) for series in totals] == [
        ("list_price_value", "USD", 4.0),
        ("spend", "EUR", 2.0),
        ("spend", "USD", 1.0),
    ]


def test_an_unknown_amount_is_no_amount():
    found = daily_series(daily([row(MONDAY, None), row(MONDAY + timedelta(days=1), 5.0)]), AS_OF)
    assert found[0].costs.index[0].date() == MONDAY + timedelta(days=1)
    assert daily_series(daily([row(MONDAY, None)]), AS_OF) == []


def test_the_order_of_rows_changes_no_digit():
    amounts = [0.1, 0.2, 0.3, 1e9, -1e9, 1e-9, 7.7]
    costs = daily([row(MONDAY, amount, provider) for amount in amounts for provider in ("anthropic", "groq")])
    expected = [series.costs.tolist() for series in daily_series(costs, AS_OF)]
    for seed in range(20):
        shuffled = costs.sample(frac=1, random_state=seed)
        assert [series.costs.tolist() for series in daily_series(shuffled, AS_OF)] == expected
