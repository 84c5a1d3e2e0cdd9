"""Every amount reaches a project, a key and a cost centre, and not a digit of it is lost on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.choice import FEBRUARY
from tests.dbt.conftest import Query, compiled
from tests.examples import examples

NAMES = st.sampled_from([None, "one", "two", "three"])
AMOUNTS = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=12, allow_nan=False)
PRICES = st.none() | st.decimals(min_value=0, max_value=1_000_000, places=12, allow_nan=False)
CHARGES = st.lists(st.tuples(AMOUNTS, NAMES, NAMES, NAMES), min_size=1, max_size=6)
USES = st.lists(st.tuples(PRICES, st.integers(0, 10**12), NAMES, NAMES, NAMES), max_size=8)
PERCENTAGES = st.lists(st.integers(1, 10**6), min_size=1, max_size=5)


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
            *("fct_costs", "fct_usage", "fct_cost_allocations", "int_cost_center_rules_matched"),
            *("int_exchange_rates", "stg_landing__build"),
        ):
            connection.execute(f"create table {name} as from built.main.{name} limit 0")
        connection.execute(
            "create table stg_landing__cost_center_rules as from built.landing.cost_center_rules limit 0"
        )
        connection.execute("insert into stg_landing__build by name select 'USD' as currency")
        yield connection


def test_a_bill_by_model_reaches_projects_and_keys(query: Query) -> None:
    rows = query(
        """
        select project_name, api_key_id, cost_amount, allocation
        from fct_cost_allocations where account_name = 'spread' order by api_key_id
        """
    )
    third = Decimal("0.333333333333")
    assert rows == [
        ("Atlas", "k1", third + Decimal("0.000000000001"), "priced_usage"),
        ("Atlas", "k2", third, "priced_usage"),
        ("Bora", "k3", third, "priced_usage"),
    ]


def test_a_statement_says_who_bears_what_and_what_nobody_does(query: Query) -> None:
    rows = query(
        """
        select cost_center, provider, sum(cost_amount), sum(shared_amount) from rpt_cost_center_statement
        where month = date '2026-02-01' group by all order by all
        """
    )
    assert rows == [
        ("labs", "moon", Decimal("0.111111110000"), Decimal("0.111111110000")),
        ("ops", "moon", Decimal("0.222222223333"), Decimal("0.222222223333")),
        ("research", "moon", Decimal("0.666666666667"), Decimal(0)),
        ("unallocated", "sun", Decimal(42), Decimal(0)),
        ("unallocated", "venus", Decimal("67.5"), Decimal(0)),
    ]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(charges=CHARGES, uses=USES)
def test_spreading_keeps_every_charge_to_the_last_digit(
    chosen: Path,
    models: duckdb.DuckDBPyConnection,
    charges: list[tuple[Decimal, str | None, str | None, str | None]],
    uses: list[tuple[Decimal | None, int, str | None, str | None, str | None]],
) -> None:
    models.execute("delete from fct_costs")
    models.execute("delete from fct_usage")
    whose = (FEBRUARY, "acme", "labs")
    for amount, model, project, key in charges:
        models.execute(
            """
            insert into fct_costs by name
            select ? as cost_date, ? as provider, ? as account_name, ? as cost_amount, ? as model_id, ? as project,
                ? as api_key_id, 'bill' as source, 'reported' as price_status, 'Usage' as charge_category
            """,
            [*whose, amount, model, project, key],
        )
    for price, tokens, model, project, key in uses:
        models.execute(
            """
            insert into fct_usage by name
            select ? as usage_date, ? as provider, ? as account_name, ? as list_cost_amount, ? as total_tokens,
                ? as model_id, ? as project, ? as api_key_id, 'usage' as source
            """,
            [*whose, price, tokens, model, project, key],
        )
    spread = models.sql(compiled(chosen, "fct_cost_allocations"))
    by_model = dict(spread.aggregate("model_id, sum(cost_amount) as amount").fetchall())
    assert sum(by_model.values()) == sum(charge[0] for charge in charges)
    if all(charge[1] is not None for charge in charges):
        named = {model: sum(charge[0] for charge in charges if charge[1] == model) for model in by_model}
        assert by_model == named, "what the bill says of the model stays as it says"


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=5), parts=PERCENTAGES, matched=st.booleans())
def test_cost_centres_bear_all_of_it_to_the_last_digit(
    chosen: Path, models: duckdb.DuckDBPyConnection, amounts: list[Decimal], parts: list[int], *, matched: bool
) -> None:
    models.execute("delete from fct_cost_allocations")
    models.execute("delete from int_cost_center_rules_matched")
    models.execute("delete from stg_landing__cost_center_rules")
    for number, amount in enumerate(amounts, start=1):
        models.execute(
            """
            insert into fct_cost_allocations by name
            select ? as cost_date, 'api' as source_kind, 'acme' as provider, 'labs' as account_name,
                'bill' as source, ? as cost_amount
            """,
            [date(2026, 2, number), amount],
        )
    scaled = [part * 100_000_000 // sum(parts) for part in parts]
    scaled[0] += 100_000_000 - sum(scaled)
    for number, share in enumerate(scaled):
        rule = [f"centre {number}", Decimal(share).scaleb(-6)]
        models.execute("insert into stg_landing__cost_center_rules values (1, ?, ?, null, null)", rule)
    if matched:
        models.execute(
            """
            insert into int_cost_center_rules_matched by name
            select 'api' as source_kind, 'acme' as provider, 'labs' as account_name, 1 as rule
            """
        )
    borne = models.sql(compiled(chosen, "int_cost_center_costs"))
    by_day = borne.aggregate("cost_date, sum(cost_amount) as amount").order("cost_date").fetchall()
    assert [amount for _, amount in by_day] == amounts
    centers = {name for (name,) in borne.project("cost_center").distinct().fetchall()}
    assert centers == ({f"centre {number}" for number in range(len(parts))} if matched else {"unallocated"})
