"""Two spans are compared over the sources that cover both; what is left out is named with what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.domain.records import ChargeCategory
from pipelines.domain.source_kinds import SourceKind
from tests.dbt.choice import FILE, billed, reported
from tests.dbt.conftest import Query, Scenario
from tests.dbt.landed import AS_OF, EmptyDay, Landed, entered, price

DECEMBER, FEBRUARY, MARCH = date(2025, 12, 20), date(2026, 2, 10), date(2026, 3, 10)
READ_LAST = {"agent old laptop": date(2026, 3, 20)}
VIEWS = {
    "march": "rpt_monthly_comparisons",
    "march_sources": "rpt_comparison_sources",
    "march_drivers": "rpt_cost_drivers",
}
"""The spend in dollars of March so far, by the mart that compares it."""


def charged(provider: str, february: str | None, march: str, **given: Any) -> list[Any]:
    """What an account named after its provider is billed in February and in March."""
    source = "openai_costs_csv" if given else "openai_costs"
    days = ((FEBRUARY, february), (MARCH, march))
    return [
        billed(source, provider, amount, day, provider=provider, **given) for day, amount in days if amount is not None
    ]


def read(source: str, feed: str, day: date, kind: SourceKind = SourceKind.API) -> EmptyDay:
    """A day of an account, or a machine, that was read and has nothing."""
    return EmptyDay(kind, source, feed, day, AS_OF, None if kind is SourceKind.LOCAL else feed)


def asked(feed: str, source: str = "openai_costs", kind: SourceKind = SourceKind.API) -> dict[str, Any]:
    last = datetime.combine(READ_LAST.get(feed, AS_OF.date()), AS_OF.timetz())
    names = {"source_kind": kind, "source": source, "feed": feed, "status": "ok", "rejected_lines": 0}
    return {**names, "last_attempt_at": last, "last_success_at": last}


def logged(host: str, day: date) -> Any:
    return reported(
        "agent", host, day, source_kind=SourceKind.LOCAL, provider="acme", host=host, input_uncached_tokens=1_000_000
    )


YESTERDAY = AS_OF.date() - timedelta(days=1)
SOURCES = Landed(
    records=[
        *charged("steady", "100", "110"),
        entered("steady", date(2026, 3, 2), "-30", provider="steady", charge_category=ChargeCategory.CREDIT),
        *charged("young", "5", "40"),
        *charged("idle", None, "7"),
        *charged("stopped", "6", "2"),
        *charged("closed", "3", "1"),
        *charged("filed", "4", "4", **FILE),
        *charged("filed-late", "9", "2", **FILE),
        entered("invoices", date(2026, 1, 14), "20", provider="invoices"),
        entered("invoices", FEBRUARY, "21", provider="invoices"),
        entered("invoices", date(2026, 3, 3), "25", provider="invoices"),
        entered("seats", date(2026, 3, 1), "62", days=31, provider="seats", entry_category="seat"),
        entered("ended", date(2026, 1, 1), "59", days=59, provider="ended", entry_category="subscription"),
        *(logged(host, day) for host in ("laptop", "old laptop") for day in (DECEMBER, FEBRUARY)),
        entered("small", FEBRUARY, "4", provider="small", currency="EUR"),
        entered("small", MARCH, "4", provider="small", currency="EUR"),
        entered("small", date(2026, 1, 31), "4", provider="small", currency="EUR"),
        entered("large", MARCH, "5", provider="large", currency="EUR"),
    ],
    tables={
        "unit_prices": [price("input_uncached_tokens", "1")],
        "feeds": [
            *(asked(account) for account in ("steady", "young", "idle", "stopped")),
            asked("agent laptop", "agent", SourceKind.LOCAL),
            asked("agent old laptop", "agent", SourceKind.LOCAL),
        ],
    },
    empty_days=[
        *(read("openai_costs", account, DECEMBER) for account in ("steady", "idle", "stopped", "closed")),
        *(read("openai_costs", account, YESTERDAY) for account in ("steady", "young", "idle")),
        read("openai_costs", "young", date(2026, 2, 3)),
        read("openai_costs", "stopped", date(2026, 3, 12)),
        *(read("openai_costs_csv", account, DECEMBER, SourceKind.IMPORT) for account in ("filed", "filed-late")),
        read("openai_costs_csv", "filed", YESTERDAY, SourceKind.IMPORT),
        read("openai_costs_csv", "filed-late", MARCH, SourceKind.IMPORT),
    ],
)


@pytest.fixture(scope="module")
def database(scenario: Scenario) -> Path:
    return scenario("compared_sources", SOURCES, *VIEWS.values(), "rpt_cost_coverage")


@pytest.fixture
def query(database: Path) -> Iterator[Query]:
    with closing(duckdb.connect(database, read_only=True)) as connection:
        for view, mart in VIEWS.items():
            connection.execute(
                f"create temp view {view} as from {mart} "
                "where comparison = 'month_to_date' and cost_kind = 'spend' and currency = 'USD'"
            )
        yield lambda sql: connection.execute(sql).fetchall()


def test_what_covers_both_spans_is_compared_and_the_rest_is_left_out_with_its_amount(query: Query) -> None:
    rows = query(
        """
        select source_name, is_compared, recorded_from, recorded_through, current_amount, previous_amount
        from march_sources order by source_name
        """
    )
    assert rows == [
        ("closed", True, None, None, Decimal(1), Decimal(3)),
        ("ended", False, None, date(2026, 2, 28), None, Decimal(28)),
        ("filed", True, None, None, Decimal(4), Decimal(4)),
        ("filed-late", False, None, MARCH, Decimal(2), Decimal(9)),
        ("idle", True, None, None, Decimal(7), None),
        ("invoices", True, None, None, Decimal(25), Decimal(21)),
        ("seats", False, date(2026, 3, 1), None, Decimal(60), None),
        ("steady steady (manual)", True, None, None, Decimal(-30), None),
        ("steady steady by API", True, None, None, Decimal(110), Decimal(100)),
        ("stopped", False, None, date(2026, 3, 12), Decimal(2), Decimal(6)),
        ("young", False, date(2026, 2, 3), None, Decimal(40), Decimal(5)),
    ]


def test_the_change_is_that_of_the_compared_sources_and_nothing_is_hidden(query: Query) -> None:
    ((current, compared, previous, change, status, left_out),) = query(
        """
        select current_amount, compared_amount, previous_amount, change_amount, change_status,
            (select sum(current_amount) from march_sources where not is_compared)
        from march where dimension = 'total'
        """
    )
    assert (current, compared, previous, change, status) == (221, 117, 128, -11, "both")
    assert current - compared == left_out == 104
    assert query(
        """
        select dimension_value, current_amount, compared_amount, change_amount, change_status
        from march where dimension = 'provider' and dimension_value in ('idle', 'young', 'steady')
        order by dimension_value
        """
    ) == [
        ("idle", Decimal(7), Decimal(7), Decimal(7), "new"),
        ("steady", Decimal(80), Decimal(80), Decimal(-20), "both"),
        ("young", Decimal(40), None, None, "not_recorded"),
    ]


def test_a_long_month_so_far_stands_against_all_of_a_short_one(query: Query) -> None:
    rows = query(
        """
        select comparison, month, days_compared, current_amount, previous_amount, change_ratio, change_status
        from rpt_monthly_comparisons where dimension = 'account' and dimension_value = 'invoices'
        order by comparison, month
        """
    )
    assert rows == [
        ("full_month", date(2026, 1, 1), 31, Decimal(20), None, None, "not_recorded"),
        ("full_month", date(2026, 2, 1), 28, Decimal(21), None, None, "not_recorded"),
        ("month_to_date", date(2026, 3, 1), 30, Decimal(25), Decimal(21), 4 / 21, "both"),
    ]


def test_what_is_left_out_drives_no_change(query: Query) -> None:
    providers = query("select distinct provider from march_drivers where dimension = 'total' order by provider")
    assert providers == [("closed",), ("filed",), ("idle",), ("invoices",), ("steady",)]


def test_too_little_in_common_is_no_comparison_and_says_since_when(query: Query) -> None:
    euros = query(
        """
        select current_amount, compared_amount, previous_amount, change_status, recorded_from
        from rpt_monthly_comparisons
        where comparison = 'month_to_date' and currency = 'EUR' and dimension = 'total'
        """
    )
    assert euros == [(Decimal(9), None, None, "not_recorded", MARCH)]


def test_a_machine_is_recorded_to_the_day_before_it_was_last_read(query: Query) -> None:
    rows = query(
        """
        select account_name, recorded_from, recorded_through from rpt_cost_coverage where source_kind = 'local'
        order by account_name
        """
    )
    assert rows == [("laptop", DECEMBER, YESTERDAY), ("old laptop", DECEMBER, date(2026, 3, 19))]
