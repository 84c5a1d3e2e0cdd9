"""What amounts in other currencies are in the reporting one, and that none is converted without a rate."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.dbt.conftest import Query, copied, transform

OF_ACCOUNT = """
    select currency, cost_amount, reporting_currency, rate, rate_date, rate_source, conversion_status, converted_amount
    from rpt_converted_costs where account_name = 'currencies' order by currency
"""
EUROS, DOLLARS = Decimal("12.34"), Decimal("-14.999999999999")
IN_DOLLARS = ("USD", DOLLARS, "USD", None, None, None, "same", DOLLARS)


def test_an_amount_is_converted_by_the_last_rate_of_its_week_and_rounded_once(query: Query) -> None:
    rate = Decimal("1.084213579135")
    converted = Decimal("13.379195566526")  # 13.3791955665259 in full
    assert query(OF_ACCOUNT) == [
        ("EUR", EUROS, "USD", rate, date(2026, 1, 3), "ecb", "converted", converted),
        IN_DOLLARS,
    ]


def test_the_totals_of_each_currency_stay_as_they_are(query: Query) -> None:
    kept = "select cost_kind, currency, sum(cost_amount) from {} where currency is not null group by all order by all"
    assert query(kept.format("rpt_converted_costs")) == query(kept.format("fct_costs"))


def test_without_a_rate_an_amount_stays_unconverted_and_nothing_else_changes(company: Path, query: Query) -> None:
    copy = copied(company, "no_rates")
    total = "select sum(converted_amount) from rpt_converted_costs"
    with closing(duckdb.connect(copy)) as connection:
        connection.execute("delete from landing.exchange_rates where rate_date = date '2026-01-03'")
    assert transform(copy).build("--select", "stg_landing__exchange_rates+").failures == ()
    with closing(duckdb.connect(copy, read_only=True)) as connection:
        rows = connection.execute(OF_ACCOUNT).fetchall()
        ((left,),) = connection.execute(total).fetchall()
    assert rows == [("EUR", EUROS, "USD", None, None, None, "unconverted", None), IN_DOLLARS]
    assert query(total) == [(left + Decimal("13.379195566526"),)]
