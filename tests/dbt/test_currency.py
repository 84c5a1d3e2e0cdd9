"""What amounts in other currencies are in the reporting one, and that none is converted without a rate."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal

import duckdb

from tests.dbt.company import COMPANY
from tests.dbt.conftest import Query, Scenario

OF_ACCOUNT = """
    select currency, cost_amount, reporting_currency, rate, rate_date, rate_source, conversion_status, converted_amount
    from rpt_converted_costs where account_name = 'currencies' order by currency
"""
EUROS, DOLLARS = Decimal("12.34"), Decimal("-14.999999999999")
CONVERTED = Decimal("13.379195566526")  # 13.3791955665259 in full
IN_DOLLARS = ("USD", DOLLARS, "USD", None, None, None, "same", DOLLARS)


def test_an_amount_is_converted_by_the_last_rate_of_its_week_and_rounded_once(query: Query) -> None:
    rate = Decimal("1.084213579135")
    assert query(OF_ACCOUNT) == [
        ("EUR", EUROS, "USD", rate, date(2026, 1, 3), "ecb", "converted", CONVERTED),
        IN_DOLLARS,
    ]


def test_the_totals_of_each_currency_stay_as_they_are(query: Query) -> None:
    kept = "select cost_kind, currency, sum(cost_amount) from {} where currency is not null group by all order by all"
    assert query(kept.format("rpt_converted_costs")) == query(kept.format("fct_costs"))


def test_without_a_rate_an_amount_stays_unconverted_and_nothing_else_changes(scenario: Scenario, query: Query) -> None:
    rates = [rate for rate in COMPANY.tables["exchange_rates"] if rate["rate_date"] != date(2026, 1, 3)]
    copy = scenario("no_rates", replace(COMPANY, tables={**COMPANY.tables, "exchange_rates": rates}))
    total = "select sum(converted_amount) from rpt_converted_costs"
    with closing(duckdb.connect(copy, read_only=True)) as connection:
        rows = connection.execute(OF_ACCOUNT).fetchall()
        ((left,),) = connection.execute(total).fetchall()
    assert rows == [("EUR", EUROS, "USD", None, None, None, "unconverted", None), IN_DOLLARS]
    assert query(total) == [(left + CONVERTED,)]


def test_what_reports_count_is_in_the_reporting_currency_where_it_has_a_rate(query: Query) -> None:
    assert query(
        "select currency, sum(cost_amount), reporting_currency, sum(converted_amount) from rpt_daily_costs "
        "where account_name = 'currencies' group by all order by currency"
    ) == [("EUR", EUROS, "USD", CONVERTED), ("USD", DOLLARS, "USD", DOLLARS)]
    both = CONVERTED + DOLLARS
    assert query(
        "select currency, sum(cost_amount) from int_reporting_costs where account_name = 'currencies' group by all"
    ) == [("USD", both)]
    assert query("select currency, source_name from rpt_cost_coverage where account_name = 'currencies'") == [
        ("USD", "acme currencies")
    ]
    assert query(
        "select currency, current_amount from rpt_monthly_comparisons "
        "where dimension_value = 'currencies' and dimension = 'account' and comparison = 'full_month'"
    ) == [("USD", both)]
    assert query(
        "select currency, sum(cost_amount), sum(converted_amount) from rpt_cost_center_statement "
        "where account_name = 'currencies' group by all order by currency"
    ) == [("EUR", EUROS, CONVERTED), ("USD", DOLLARS, DOLLARS)]
