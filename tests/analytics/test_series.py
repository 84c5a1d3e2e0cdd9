"""Daily costs become complete series of finished days, one for each total and each provider."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from pipelines.analytics.series import daily_series
from tests.analytics.costs import AS_OF, daily, row, rows

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


def converted(day: date, amount: float, currency: str, reporting: float | None) -> dict[str, Any]:
    return row(day, amount, currency=currency, reporting_currency="EUR", converted_amount=reporting)


def totals_of(*costs: dict[str, Any]) -> dict[str, list[float]]:
    found = daily_series(pd.DataFrame(costs), AS_OF)
    return {series.currency: series.costs.tolist() for series in found if series.series_kind == "total"}


def test_what_has_a_rate_is_in_the_series_of_the_reporting_currency():
    days = [AS_OF - timedelta(days=back) for back in (3, 2, 1)]
    euros = [converted(day, 1.0, "EUR", 1.0) for day in days]
    dollars = [converted(day, 10.0, "USD", 9.0) for day in days]
    yen = [converted(day, 500.0, "JPY", None) for day in days]
    assert totals_of(*euros, *dollars, *yen) == {"EUR": [10.0, 10.0, 10.0], "JPY": [500.0, 500.0, 500.0]}


def test_rates_that_begin_later_begin_the_series_and_are_no_growth():
    days = [AS_OF - timedelta(days=back) for back in (3, 2, 1)]
    euros = [converted(day, 1.0, "EUR", 1.0) for day in days]
    dollars = [converted(days[0], 10.0, "USD", None), *(converted(day, 10.0, "USD", 9.0) for day in days[1:])]
    ahead = converted(AS_OF + timedelta(days=1), 10.0, "USD", None)
    assert totals_of(*euros, *dollars, ahead) == {"EUR": [10.0, 10.0]}
    dollars[0], dollars[2] = converted(days[0], 10.0, "USD", 9.0), converted(days[2], 10.0, "USD", None)
    assert totals_of(*euros, *dollars) == {}


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


def days_before(*numbers: int) -> list[date]:
    return [AS_OF - timedelta(days=number) for number in numbers]


def missing(*days: date, provider: str = "anthropic", account: str | None = None) -> pd.DataFrame:
    named = {"provider": provider, "account_name": account, "cost_kind": "spend", "is_late": True}
    return pd.DataFrame([named | {"missing_date": day} for day in days], columns=[*named, "missing_date"])


def test_a_series_ends_with_its_last_delivered_day_and_has_no_figure_for_a_gap():
    gaps = missing(*days_before(1, 2, 5))
    for series in daily_series(daily(rows([8.0, 3.0, 0.0, 4.0, 0.0, 9.0])), AS_OF, gaps):
        assert series.costs.tolist() == [8.0, 3.0, 0.0, 4.0, 0.0, 9.0]
        assert series.delivered_through == AS_OF - timedelta(days=3)
        assert series.observed.fillna(-1.0).tolist() == [8.0, -1.0, 0.0, 4.0]


def test_what_an_account_with_a_small_share_misses_leaves_the_total_delivered():
    late = missing(*days_before(1, 2), provider="groq")
    for share, through in ((0.5, AS_OF - timedelta(days=1)), (5.0, AS_OF - timedelta(days=3))):
        costs = daily(rows([20.0] * 30), rows([share] * 28 + [0.0] * 2, "groq"))
        found = {series.series: series.delivered_through for series in daily_series(costs, AS_OF, late)}
        assert found == {
            "total": through,
            "anthropic": AS_OF - timedelta(days=1),
            "groq": AS_OF - timedelta(days=3),
        }


def test_an_account_without_a_name_is_matched_with_its_missing_days():
    costs = daily(rows([5.0] * 20)).assign(account_name=[None] * 20)
    assert daily_series(costs, AS_OF, missing(*days_before(1)))[0].delivered_through == AS_OF - timedelta(days=2)
    assert daily_series(costs, AS_OF, missing(*days_before(1), account="b"))[0].delivered_through == days_before(1)[0]


def test_where_nothing_says_what_was_delivered_a_pause_longer_than_usual_is_missing():
    """Weekends are usual; ten days at the end are not, nor three days inside; after four weeks it has ended."""
    busy = [20.0] * 90

    def through(amounts: list[float]) -> tuple[date, int]:
        total = daily_series(daily(rows(amounts)), AS_OF)[0]
        return total.delivered_through, int(total.observed.isna().sum())

    assert through(busy) == (AS_OF - timedelta(days=1), 0)
    assert through([*busy, *[0.0] * 10]) == (AS_OF - timedelta(days=11), 0)
    assert through([*busy, *[0.0] * 3, *busy]) == (AS_OF - timedelta(days=1), 3)
    assert through([*busy, *[0.0] * 29]) == (AS_OF - timedelta(days=1), 0)
    weekly = [20.0] * 5 + [0.0] * 2
    assert through(weekly * 12) == (AS_OF - timedelta(days=1), 0)
    assert through([*weekly * 12, 0.0]) == (AS_OF - timedelta(days=4), 0)
    assert through([5.0, *[0.0] * 20, 5.0, *[0.0] * 9]) == (AS_OF - timedelta(days=1), 0)
    # Of two weeks the first weekend may be usual, and an end is late all the same.
    assert through(weekly * 2) == (AS_OF - timedelta(days=3), 0)
    assert through([*weekly, *[20.0] * 7]) == (AS_OF - timedelta(days=1), 0)


def test_usage_is_learnt_at_the_prices_in_force_and_spent_at_those_of_its_day():
    """Half of the cost before yesterday is of a model whose price fell to a third; charges have no price of a list."""
    costs = daily(rows([12.0, 12.0, 12.0, 8.0]), [row(MONDAY, 50.0, charge_category="Purchase")])
    costs["price_factor"] = [2 / 3, 2 / 3, 2 / 3, 1.0, 9.0]
    (total, _) = daily_series(costs, AS_OF)
    assert total.costs.iloc[-4:].tolist() == [12.0, 12.0, 12.0, 8.0]
    assert total.usage.iloc[-4:].tolist() == [8.0, 8.0, 8.0, 8.0]
    assert total.costs.sum() - total.usage.sum() == 50.0 + 3 * 4.0
