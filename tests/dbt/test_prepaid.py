"""Credit that was bought ahead counts once: as cash when it is bought, as cost when it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.exports.choice import ExportFilter
from pipelines.exports.costs import export_costs
from pipelines.exports.focus import check
from tests.dbt.choice import DAY, FEBRUARY
from tests.dbt.conftest import Query

MARCH = date(2026, 3, 1)


@pytest.fixture
def query(chosen: Path) -> Iterator[Query]:
    with closing(duckdb.connect(chosen, read_only=True)) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def test_the_use_is_the_cost_and_the_purchase_is_left_out_with_the_reason(query: Query) -> None:
    costs = "select cost_date, charge_category, cost_amount, is_prepaid from fct_costs where account_name = 'ahead'"
    assert query(f"{costs} order by all") == [
        (FEBRUARY, "Purchase", Decimal(20), False),
        (FEBRUARY, "Usage", Decimal("42.5"), True),
        (DAY, "Credit", Decimal(-10), True),
        (DAY, "Usage", Decimal("27.5"), True),
    ]
    bought = "select cost_date, cost_amount, is_chosen, reason from fct_cost_candidates where is_credit_purchase"
    assert query(bought) == [(FEBRUARY, Decimal(50), False, "bought credit: its use is counted instead")]


def test_a_purchase_of_an_account_that_is_not_prepaid_counts_as_it_is_entered(query: Query) -> None:
    costs = "select charge_category, cost_amount, is_prepaid from fct_costs where account_name = 'behind'"
    assert query(costs) == [("Purchase", Decimal(5), False)]


def test_the_balance_says_what_was_bought_given_used_and_is_left_and_that_it_was_overdrawn(query: Query) -> None:
    balances = """
        select
            month, account_name, opening_amount, bought_amount, granted_amount, used_amount, closing_amount,
            lowest_amount, is_overdrawn
        from rpt_prepaid_balances order by month
    """
    used, less = Decimal("42.5"), Decimal("27.5")
    assert query(balances) == [
        (FEBRUARY.replace(day=1), "ahead", 0, 50, 0, used, Decimal("7.5"), 0, False),
        (MARCH, "ahead", Decimal("7.5"), 0, 10, less, -10, -10, True),
    ]


def test_what_the_provider_states_stands_beside_what_is_left_and_is_no_spend(query: Query) -> None:
    reported = (
        "select month, account_name, reported_amount, reported_difference_amount from rpt_prepaid_balances order by 1"
    )
    assert query(reported) == [
        (FEBRUARY.replace(day=1), "ahead", Decimal("7.25"), Decimal("-0.25")),
        (MARCH, "ahead", None, None),
    ]
    assert query("select count(*) from fct_cost_candidates where cost_amount = 7.25") == [(0,)]


def test_what_is_left_is_what_was_billed_less_what_was_effective_in_focus(chosen: Path, tmp_path: Path) -> None:
    with closing(duckdb.connect(str(chosen), read_only=True)) as connection:
        export = export_costs(connection, tmp_path, "costs", "focus-parquet", ExportFilter(accounts=("ahead",)))
        (left,) = connection.execute(
            "select closing_amount from rpt_prepaid_balances order by month desc limit 1"
        ).fetchall()
    with closing(duckdb.connect()) as connection:
        assert check(connection, export.path) == []
        file = connection.read_parquet(str(export.path))
        billed, effective = file.aggregate('sum("BilledCost"), sum("EffectiveCost")').fetchall()[0]
        by_category = file.aggregate('"ChargeCategory", sum("BilledCost"), sum("EffectiveCost")').order("all")
        assert by_category.fetchall() == [("Credit", 0, -10), ("Purchase", 70, 20), ("Usage", 0, 70)]
    assert (billed, effective, (billed - effective,)) == (70, 80, left)
