"""Budgets count what they cover to the last digit, take over what was left, and say where they are heading."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.app.alerting import evaluate
from tests.dbt.conftest import Query, compiled
from tests.examples import examples
from tests.home.homes import home_at

MARCH = (date(2026, 3, 1), date(2026, 4, 1))
AS_OF_DAY = date(2026, 12, 31)
AMOUNTS = st.decimals(min_value=Decimal("0.000000000001"), max_value=1_000_000, places=12)
SPENT = st.lists(st.decimals(min_value=-1_000_000, max_value=1_000_000, places=12), min_size=12, max_size=12)


@pytest.fixture(scope="module")
def models(company: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty tables as int_budget_periods reads them, in memory."""
    with closing(duckdb.connect()) as connection:
        connection.execute(f"attach '{company}' as built (read_only)")
        for name in ("stg_landing__build", "stg_landing__budgets", "int_budget_days"):
            connection.execute(f"create table {name} as from built.main.{name} limit 0")
        connection.execute("insert into stg_landing__build by name select ? as as_of_day", [AS_OF_DAY])
        yield connection


def test_a_budget_level_is_reached_to_the_cent(query: Query) -> None:
    rows = query(
        """
        select budget, scope, spent_amount, remaining_amount, level_reached, period_start, period_end
        from rpt_budget_status where is_current and period = 'month' and budget <> 'rolling' order by budget
        """
    )
    scope = "account budgeted, project atlas"
    assert rows == [
        ("all", "everything", Decimal(1623), Decimal(998377), None, *MARCH),
        ("almost ninety", scope, Decimal(1400), Decimal("155.56"), 70, *MARCH),
        ("hundred", "account budgeted, provider acme", Decimal(1400), Decimal(0), 100, *MARCH),
        ("seventy", scope, Decimal(1400), Decimal(600), 70, *MARCH),
        ("untouched", "everything", Decimal(0), Decimal(10), None, *MARCH),
    ]


def test_what_is_left_of_a_month_is_taken_over_up_to_the_cap(query: Query) -> None:
    rows = query(
        """
        select month(period_start), is_current, base_amount, rollover_amount, amount, spent_amount, crossed_on
        from rpt_budget_status where budget = 'rolling' order by period_start
        """
    )
    assert rows == [
        (1, False, Decimal(12), Decimal(0), Decimal(12), Decimal(8), None),
        (2, False, Decimal(12), Decimal(3), Decimal(15), Decimal(10), None),
        (3, True, Decimal(12), Decimal(3), Decimal(15), Decimal(114), date(2026, 3, 30)),
    ]


def test_a_quarter_says_its_pace(query: Query) -> None:
    rows = query(
        """
        select period_start, spent_amount, manual_amount, days_finished, days_total, burn_per_day, pace_ratio
        from rpt_budget_status where budget = 'quarterly'
        """
    )
    assert rows == [(date(2026, 1, 1), Decimal(132), Decimal(132), 89, 90, 33 / 89, 33 * 90 / (89 * 200))]


def test_a_custom_period_of_a_tag_ends_and_stays(query: Query) -> None:
    rows = query("select scope, period_end, is_current, spent_amount from rpt_budget_status where budget = 'fair'")
    assert rows == [("tag team=core", date(2026, 3, 5), False, Decimal(7))]


def test_only_the_period_under_way_is_alerted_and_without_a_forecast(company: Path, tmp_path: Path) -> None:
    home = home_at(tmp_path, "channels:\n  - {name: mail, url: MAIL_URL}\n", MAIL_URL="mailto://desk@example.test")
    home.settings.paths.published.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(company, home.settings.paths.published)
    assert sorted(alert.subject for alert in evaluate(home) if alert.rule == "budget_threshold") == [
        "almost ninety: 89 % of the March budget is spent ($1,400.00 of $1,555.56)",
        "hundred: 100 % of the March budget is spent ($1,400.00 of $1,400.00)",
        "rolling: 760 % of the March budget is spent ($114.00 of $15.00)",
        "seventy: 70 % of the March budget is spent ($1,400.00 of $2,000.00)",
    ]


def test_cost_centres_and_projects_count_what_bills_were_spread_to_them(chosen: Path) -> None:
    with closing(duckdb.connect(chosen, read_only=True)) as connection:
        spent = connection.execute("select budget, spent_amount, level_reached from rpt_budget_status").fetchall()
    third = Decimal("0.333333333333")
    assert sorted(spent) == [("bora", third, None), ("labs", Decimal("0.11111111"), 10)]


def test_a_budget_over_everything_counts_all_spend_that_has_a_rate_to_its_currency(query: Query) -> None:
    counted = query("select sum(spent_amount) from rpt_budget_status where budget = 'all'")
    spent = query(
        """
        select sum(converted_amount) from rpt_converted_costs
        where cost_kind = 'spend' and cost_date <= date '2026-03-31'
        """
    )
    assert counted == spent


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=AMOUNTS, spent=SPENT, cap=st.none() | AMOUNTS, rolls=st.booleans())
def test_periods_hand_on_exactly_what_is_left(
    company: Path,
    models: duckdb.DuckDBPyConnection,
    base: Decimal,
    spent: list[Decimal],
    cap: Decimal | None,
    *,
    rolls: bool,
) -> None:
    models.execute("delete from stg_landing__budgets")
    models.execute("delete from int_budget_days")
    models.execute(
        """
        insert into stg_landing__budgets by name
        select 'b' as budget, 'month' as period, ? as amount, ? as is_rolled_over, ? as rollover_cap
        """,
        [base, rolls, cap],
    )
    days = [[date(2026, month, 9), amount] for month, amount in enumerate(spent, start=1)]
    models.executemany("insert into int_budget_days values ('b', ?, ?, 0)", days)
    periods = models.sql(compiled(company, "int_budget_periods")).order("period_start")
    rows = periods.project("amount, rollover_amount, spent_amount").fetchall()
    assert [row[2] for row in rows] == spent
    assert [amount - taken for amount, taken, _ in rows] == [base] * 12
    assert rows[0][1] == 0
    for (amount, _, used), (_, taken, _) in pairwise(rows):
        left = max(amount - used, Decimal(0))
        assert taken == (min(left, left if cap is None else cap) if rolls else 0)
