"""What changed, against when, and what drove it: the drivers are the whole of each change, to the last digit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.conftest import Query, compiled
from tests.examples import examples

FOURTH_QUARTER = date(2025, 10, 1)
SIDES = {"current": date(2026, 2, 1), "previous": date(2026, 1, 1)}


class Charge(NamedTuple):
    """One row of int_reporting_costs; without an amount it is what a bill charges for elsewhere."""

    amount: Decimal | None
    tokens: int
    day: date
    model: str | None
    project: str | None
    category: str
    status: str
    center: str
    source_kind: str


CHARGES = st.lists(
    st.builds(
        Charge,
        amount=st.none() | st.decimals(min_value=-1_000_000, max_value=1_000_000, places=12, allow_nan=False),
        tokens=st.just(0) | st.integers(1, 10**12),
        day=st.sampled_from(sorted(SIDES.values())),
        model=st.sampled_from([None, "one", "two"]),
        project=st.sampled_from([None, "atlas"]),
        category=st.sampled_from(["Usage", "Usage", "Credit"]),
        status=st.sampled_from(["priced", "reported"]),
        center=st.sampled_from(["labs", "ops"]),
        source_kind=st.sampled_from(["api", "api", "manual"]),
    ),
    max_size=10,
)


@pytest.fixture
def query(chosen: Path) -> Iterator[Query]:
    with closing(duckdb.connect(chosen, read_only=True)) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def models(chosen: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty tables as the models read them, in memory, alongside which their SQL can run on any rows."""
    with closing(duckdb.connect()) as connection:
        connection.execute(f"attach '{chosen}' as built (read_only)")
        for name in (
            *("int_reporting_costs", "int_cost_center_costs", "int_comparison_days"),
            *("int_comparison_cells", "int_comparison_sources"),
        ):
            connection.execute(f"create table {name} as from built.main.{name} limit 0")
        for source_kind, is_compared in (("api", True), ("manual", False)):
            connection.execute(
                """
                insert into int_comparison_sources by name
                select 'full_month' as comparison, ? as month, 'acme' as provider, 'labs' as account_name,
                    ? as source_kind, 'spend' as cost_kind, 'USD' as currency, ? as is_compared
                """,
                [SIDES["current"], source_kind, is_compared],
            )
        connection.execute("create table stg_landing__cost_center_rules as from built.landing.cost_center_rules")
        for side, day in SIDES.items():
            connection.execute(
                """
                insert into int_comparison_days by name
                select 'full_month' as comparison, ? as month, ? as side, ? as cost_date, 28 as days_compared
                """,
                [SIDES["current"], side, day],
            )
        yield connection


def test_quarters_stand_against_the_one_before_from_the_first_record_on(query: Query) -> None:
    rows = query(
        """
        select month, days_compared, current_amount, previous_amount, change_status from rpt_monthly_comparisons
        where comparison = 'quarter' and dimension = 'provider' and dimension_value = 'mars' order by month
        """
    )
    assert rows == [
        (date(2025, 4, 1), 91, Decimal(0), Decimal(10), "gone"),
        (date(2025, 7, 1), 92, Decimal(15), Decimal(0), "new"),
        (FOURTH_QUARTER, 92, Decimal(22), Decimal(15), "both"),
    ]


def test_a_month_stands_against_that_of_the_year_before(query: Query) -> None:
    rows = query(
        """
        select dimension, dimension_value, month, days_compared, current_amount, previous_amount
        from rpt_monthly_comparisons
        where comparison = 'same_month_last_year' and month = date '2026-01-01' order by dimension
        """
    )
    january = (date(2026, 1, 1), 31, Decimal(12), Decimal(10))
    assert rows == [
        ("account", "years", *january),
        ("cost_center", "research", *january),
        ("model", "acme-large-2", *january),
        ("project", "Atlas", *january),
        ("provider", "mars", *january),
        ("source_kind", "api", *january),
        ("total", "total", *january),
    ]


def test_a_quarter_changes_by_its_drivers(query: Query) -> None:
    rows = query(
        """
        select rank, change_amount, volume_amount, mix_amount, price_amount, other_amount, model_id, driver_kind,
            token_change_ratio, round(price_change_ratio, 9)
        from rpt_cost_drivers
        where comparison = 'quarter' and month = date '2025-10-01' and dimension = 'total' order by rank
        """
    )
    assert rows == [
        (1, Decimal(4), Decimal(0), Decimal(0), Decimal(0), Decimal(4), None, "other", None, None),
        (2, Decimal(3), Decimal(5), Decimal(0), Decimal(-2), Decimal(0), "acme-large-2", "tokens", 1.0, -0.2),
    ]


def test_a_cost_centre_has_the_tokens_that_its_amount_pays_for(query: Query) -> None:
    rows = query(
        """
        select dimension_value, current_tokens, previous_tokens, change_amount, volume_amount, price_amount,
            token_change_ratio, round(price_change_ratio, 9)
        from rpt_cost_drivers
        where comparison = 'same_month_last_year' and month = date '2026-01-01' and dimension = 'cost_center'
        """
    )
    assert rows == [("research", 3_000_000, 2_000_000, Decimal(2), Decimal(5), Decimal(-3), 0.5, -0.2)]


def test_without_rules_there_is_no_cost_centre_to_compare(company: Path) -> None:
    with closing(duckdb.connect(company, read_only=True)) as connection:
        compared = connection.sql("select distinct dimension from rpt_monthly_comparisons").fetchall()
    assert ("cost_center",) not in compared
    assert ("project",) in compared


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(charges=CHARGES)
def test_drivers_leave_no_residual(chosen: Path, models: duckdb.DuckDBPyConnection, charges: list[Charge]) -> None:
    _land(models, charges)
    models.execute("delete from int_comparison_cells")
    models.execute(f"insert into int_comparison_cells by name {compiled(chosen, 'int_comparison_cells')}")
    comparisons = models.sql(compiled(chosen, "rpt_monthly_comparisons"))
    drivers = models.sql(compiled(chosen, "rpt_cost_drivers"))
    by_value = "dimension, dimension_value, sum({}) as amount"
    parts = "volume_amount + mix_amount + price_amount + new_amount + gone_amount + other_amount"
    assert set(drivers.aggregate(by_value.format(parts)).fetchall()) == set(
        comparisons.filter("change_status <> 'not_recorded'").aggregate(by_value.format("change_amount")).fetchall()
    )
    priced = [(charge.amount, charge.day, charge.source_kind) for charge in charges if charge.amount is not None]
    compared = [(amount, day) for amount, day, source_kind in priced if source_kind == "api"]
    change = sum(amount if day == SIDES["current"] else -amount for amount, day in compared)
    current = sum(amount for amount, day, _ in priced if day == SIDES["current"])
    totals = comparisons.aggregate("dimension, sum(change_amount), sum(current_amount)").fetchall()
    assert {tuple(found) for _, *found in totals} <= {(change if compared else None, current)}
    assert len(totals) == (7 if compared or any(day == SIDES["current"] for _, day, _ in priced) else 0)


def _land(models: duckdb.DuckDBPyConnection, charges: list[Charge]) -> None:
    models.execute("delete from int_reporting_costs")
    models.execute("delete from int_cost_center_costs")
    for charge in charges:
        given = [charge.day, charge.model, charge.project, charge.amount, charge.source_kind]
        models.execute(
            """
            insert into int_reporting_costs by name
            select ? as cost_date, ? as model_id, ? as project, ? as cost_amount, ? as source_kind,
                'acme' as provider, 'labs' as account_name, 'spend' as cost_kind,
                ? as total_tokens, ? as charge_category, ? as price_status, ? as currency
            """,
            [
                *given,
                charge.tokens,
                charge.category,
                "billed" if charge.amount is None else charge.status,
                None if charge.amount is None else "USD",
            ],
        )
        if charge.amount is not None:
            models.execute(
                """
                insert into int_cost_center_costs by name
                select ? as cost_date, ? as model_id, ? as project, ? as cost_amount, ? as source_kind,
                    'acme' as provider, 'labs' as account_name, 'spend' as cost_kind, 'USD' as currency,
                    ? as cost_center
                """,
                [*given, charge.center],
            )
