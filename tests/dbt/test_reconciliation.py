"""What is billed alongside what usage comes to, and why they differ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.dbt.conftest import Query, copied, transform

MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)


@pytest.fixture
def query(chosen: Path) -> Iterator[Query]:
    with closing(duckdb.connect(chosen, read_only=True)) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def test_a_month_differs_by_days_without_a_bill_and_by_rounding(query: Query) -> None:
    rows = query(
        """
        select estimated_amount, billed_amount, notional_amount, difference_amount, missing_days_amount,
            rounding_amount, unexplained_amount, verdict, is_provisional
        from rpt_reconciliation where provider = 'acme' and period = 'month'
        """
    )
    amounts = ("0.012", "0.0031", "0.003", "-0.0089", "-0.009", "0.0001", "0")
    assert rows == [(*map(Decimal, amounts), "explained", True)]


def test_what_nothing_explains_is_said(query: Query) -> None:
    rows = query(
        """
        select period, estimated_amount, billed_amount, difference_amount, not_usage_amount, non_token_amount,
            unexplained_amount, difference_ratio, verdict
        from rpt_reconciliation where provider = 'sun' order by period
        """
    )
    amounts = tuple(map(Decimal, ("4", "42", "38", "30", "2", "6")))
    assert rows == [("day", *amounts, 8 / 12, "outside"), ("month", *amounts, 8 / 12, "outside")]


def test_a_bill_that_is_unordered_warns_and_is_published(chosen: Path) -> None:
    build = transform(chosen).build("--select", "assert_bills_agree_with_usage")
    (event,) = build.events
    assert event["data"]["status"] == "warn"
    assert build.failures == ()


@pytest.mark.parametrize(("factor", "status"), [("100", "warn"), ("0.01", "warn"), ("20", "pass")])
def test_a_bill_in_another_unit_than_its_use_warns(chosen: Path, factor: str, status: str) -> None:
    copy = copied(chosen, "other_unit")
    with closing(duckdb.connect(copy)) as connection:
        connection.execute("delete from rpt_reconciliation where provider <> 'acme'")
        connection.execute(
            """
            update rpt_reconciliation set
                estimated_amount = 10, billed_amount = 10 * $1, not_usage_amount = 0, non_token_amount = 0
            """,
            [Decimal(factor)],
        )
    (event,) = transform(copy).build("--select", "assert_bills_are_in_their_unit").events
    assert event["data"]["status"] == status
