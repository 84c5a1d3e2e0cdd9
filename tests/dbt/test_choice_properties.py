"""Whatever is seen of the same spend, through however many doors and machines, each part of it counts once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.conftest import compiled
from tests.examples import examples

DAYS = ("2026-03-01", "2026-03-02", "2026-03-03")
ACCOUNTS, HOSTS, AGENTS = ("labs", "shop"), ("ci", "laptop", "server"), ("agent", "robot")
BILL = ("api", "report", 10, "bill", True)
SOURCES = (
    BILL,
    ("import", "file", 12, "bill", True),
    ("api", "usage", 20, "usage", True),
    ("api", "proxy", 40, "estimate", False),
    *(("local", agent, 50, "log", False) for agent in AGENTS),
    ("manual", "manual", 0, "entry", False),
)
AMOUNTS = st.integers(1, 10**6).map(lambda cents: Decimal(cents) / 100)
EXAMPLES = settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@dataclass(frozen=True)
class Stated:
    """One amount that a source states of a day."""

    day: str
    account: str
    source: str
    amount: Decimal
    host: str | None = None

    def row(self) -> list[Any]:
        (kind,) = [known[0] for known in SOURCES if known[1] == self.source]
        is_use = self.source in {"usage", "proxy", *AGENTS}
        return [self.day, self.account, kind, self.source, self.host, self.amount, is_use, 5 if is_use else 0]


STATED = st.lists(
    st.builds(
        Stated,
        day=st.sampled_from(DAYS),
        account=st.sampled_from(ACCOUNTS),
        source=st.sampled_from(["report", "file", "usage", "usage", "proxy", "manual"]),
        amount=AMOUNTS,
    ),
    max_size=8,
)
LOGGED = st.lists(
    st.builds(
        lambda day, agent, amount, host: Stated(day, agent, agent, amount, host),
        st.sampled_from(DAYS),
        st.sampled_from(AGENTS),
        AMOUNTS,
        st.sampled_from(HOSTS),
    ),
    max_size=8,
)
COVERED = st.sets(st.tuples(st.sampled_from(DAYS), st.sampled_from(ACCOUNTS)))
PAYS = st.dictionaries(
    st.tuples(st.sampled_from(AGENTS), st.none() | st.sampled_from(HOSTS)), st.sampled_from(ACCOUNTS), max_size=4
)


CHOOSING = ("int_source_statements", "int_source_ranks", "int_covered_statements", "int_sources_chosen")
"""The models of the choice, in the order in which they are built."""


@dataclass(frozen=True)
class Models:
    """Tables in memory as the models read them, on which the models' SQL can run."""

    connection: duckdb.DuckDBPyConnection
    statements: str
    ranks: str
    covered: str
    choice: str

    def spend(
        self,
        reported: list[Stated],
        covered: set[tuple[str, str]],
        pays: dict[tuple[str, str | None], str] | None = None,
    ) -> Decimal:
        """What counts as spend of these statements; `covered` are the final days of each account's cost report."""
        run = self.connection
        for name in ("int_costs_unioned", "int_bill_days", "stg_landing__paid_accounts", *CHOOSING[:-1]):
            run.execute(f"delete from {name}")  # noqa: S608 - names of this test
        for row in reported:
            run.execute(
                """
                insert into int_costs_unioned by name
                select ?::date as cost_date, 'acme' as provider, ? as account_name, ? as source_kind, ? as source,
                    ? as host, ? as cost_amount, ? as is_usage, ? as total_tokens, 0 as requests,
                    'spend' as cost_kind, false as replaces_source, false as is_credit_purchase
                """,
                row.row(),
            )
        for day, account in covered:
            run.execute(
                """
                insert into int_bill_days by name
                select ?::date as cost_date, 'acme' as provider, ? as account_name, 'api' as source_kind,
                    'report' as source, true as is_final
                """,
                [day, account],
            )
        for (agent, host), account in (pays or {}).items():
            run.execute(
                "insert into stg_landing__paid_accounts by name select ? as source, ? as host, ? as pays",
                [agent, host, account],
            )
        run.execute(f"insert into int_source_statements by name {self.statements}")
        run.execute(f"insert into int_source_ranks by name {self.ranks}")
        run.execute(f"insert into int_covered_statements by name {self.covered}")
        run.execute(f"create or replace temp table chosen as {self.choice}")
        ((amount,),) = run.execute(
            """
            select coalesce(sum(costs.cost_amount), 0) from int_costs_unioned as costs
            inner join chosen
                on costs.cost_date = chosen.cost_date and costs.account_name = chosen.account_name
                and costs.source = chosen.source and costs.host is not distinct from chosen.host
            where chosen.is_chosen
            """
        ).fetchall()
        return Decimal(amount)


@pytest.fixture(scope="module")
def models(chosen: Path) -> Iterator[Models]:
    with closing(duckdb.connect()) as connection:
        connection.execute(f"attach '{chosen}' as built (read_only)")
        tables = ("int_costs_unioned", "int_bill_days", "stg_landing__paid_accounts", "stg_landing__sources")
        for name in (*tables, *CHOOSING[:-1]):
            connection.execute(f"create table {name} as from built.main.{name} limit 0")
        for kind, source, precedence, statement_kind, is_provider in SOURCES:
            connection.execute(
                """
                insert into stg_landing__sources by name
                select ? as source_kind, ? as source, ? as precedence, ? as statement_kind,
                    ? as is_provider_statement, 'figures' as statement
                """,
                [kind, source, precedence, statement_kind, is_provider],
            )
        yield Models(connection, *(compiled(chosen, name) for name in CHOOSING))


@EXAMPLES
@given(reported=STATED, logged=LOGGED, covered=COVERED, more=COVERED)
def test_days_that_a_bill_covers_with_nothing_on_them_never_raise_spend(
    models: Models,
    reported: list[Stated],
    logged: list[Stated],
    covered: set[tuple[str, str]],
    more: set[tuple[str, str]],
) -> None:
    rows = [*reported, *logged]
    assert models.spend(rows, covered | more) <= models.spend(rows, covered)


@EXAMPLES
@given(
    reported=STATED,
    covered=COVERED,
    used=st.lists(st.tuples(st.sampled_from(["usage", "proxy"]), AMOUNTS), min_size=1, max_size=4),
)
def test_use_of_a_day_that_the_bill_covers_never_changes_spend(
    models: Models, reported: list[Stated], covered: set[tuple[str, str]], used: list[tuple[str, Decimal]]
) -> None:
    """On every covered day, charged for or not; and what the day costs is what was charged and entered."""
    days = covered | {(row.day, row.account) for row in reported if row.source == "report"}
    more = [Stated(day, account, source, amount) for day, account in days for source, amount in used]
    assert models.spend([*reported, *more], covered) == models.spend(reported, covered)


@pytest.mark.parametrize("pays", [{}, {("agent", "ci"): "labs"}, {("agent", None): "labs"}], ids=str)
def test_what_one_machine_declares_makes_no_other_count_twice(
    models: Models, pays: dict[tuple[str, str | None], str]
) -> None:
    amount = Decimal("0.003")
    machines = [Stated(DAYS[0], "agent", "agent", amount, host) for host in ("ci", "laptop")]
    bill = Stated(DAYS[0], "labs", "report", Decimal(1))
    assert models.spend([bill, *machines], set(), pays) == Decimal("1.000")


@EXAMPLES
@given(reported=STATED, logged=LOGGED, covered=COVERED, pays=PAYS)
def test_each_machine_of_an_agent_is_paid_for_by_whom_it_says_or_else_by_its_provider(
    models: Models,
    reported: list[Stated],
    logged: list[Stated],
    covered: set[tuple[str, str]],
    pays: dict[tuple[str, str | None], str],
) -> None:
    """Any agents on any machines, paid for as declared for one machine, for all, or not at all."""
    accounts = _charged(reported, covered)
    expected = sum(accounts.amounts.values(), Decimal(0))
    for row in logged:
        declared = pays.get((row.source, row.host)) or pays.get((row.source, None))
        is_covered = (row.day, declared) in accounts.stating if declared else row.day in accounts.provider_days
        expected += 0 if is_covered else row.amount
    assert models.spend([*reported, *logged], covered, pays) == expected


@dataclass(frozen=True)
class _Charged:
    amounts: dict[tuple[str, str], Decimal]
    stating: set[tuple[str, str]]
    provider_days: set[str]


def _charged(reported: list[Stated], covered: set[tuple[str, str]]) -> _Charged:
    """What each account and day costs by the order of its sources, worked out without SQL."""
    amounts: dict[tuple[str, str], Decimal] = {}
    stating, provider_days = set(), set()
    for place in {(day, account) for day in DAYS for account in ACCOUNTS}:
        said = {
            source: sum(row.amount for row in reported if (row.day, row.account, row.source) == (*place, source))
            for source in ("report", "file", "usage", "proxy", "manual")
        }
        charged = next((source for source in ("report", "file") if said[source]), None)
        if charged is None and place not in covered:
            charged = next((source for source in ("usage", "proxy") if said[source]), None)
        amounts[place] = Decimal(said["manual"]) + (Decimal(said[charged]) if charged else 0)
        if charged or place in covered:
            stating.add(place)
        if charged in {"report", "file", "usage"} or (place in covered and charged != "proxy"):
            provider_days.add(place[0])
    return _Charged(amounts, stating, provider_days)
