"""The same spend seen through several doors counts once, and what is left out says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.audit import conservation
from pipelines.domain.records import to_table
from pipelines.landing import Feed, LandingStore
from tests.dbt.choice import CHOICE, DAY, NEXT
from tests.dbt.conftest import Query
from tests.dbt.landed import AS_OF

BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def query(chosen: Path) -> Iterator[Query]:
    with closing(duckdb.connect(chosen, read_only=True)) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def test_the_bill_gives_the_money_and_the_usage_the_tokens(query: Query) -> None:
    rows = query(
        """
        select cost_date, source, cost_basis, price_status, cost_amount, requests, total_tokens, reason
        from fct_costs where account_name = 'labs' order by cost_date, source
        """
    )
    instead = "openai_costs counts instead: cost report of the provider"
    at_its_price = "usage of the provider at its prices"
    assert rows == [
        (DAY, "openai_costs", "provider_reported", "reported", Decimal("0.0031"), 0, 0, "cost report of the provider"),
        (DAY, "openai_usage", "billed", "billed", None, 2, 1_000, instead),
        (NEXT, "openai_usage", "computed", "priced", Decimal("0.006"), 4, 2_000, at_its_price),
    ]
    assert query("select usage_date, source, total_tokens from fct_usage where account_name = 'labs' order by 1") == [
        (DAY, "openai_usage", 1_000),
        (NEXT, "openai_usage", 2_000),
    ]


def test_analytics_count_only_where_the_cost_report_states_nothing(query: Query) -> None:
    counted = query(
        """
        select account_name, source, sum(cost_amount), sum(total_tokens) from fct_costs
        where provider = 'pluto' group by all order by 1, 2
        """
    )
    assert counted == [
        ("enterprise", "anthropic_analytics_costs", Decimal(3), 0),
        ("enterprise", "anthropic_analytics_usage", None, 500),
        ("insight", "anthropic_costs", Decimal(10), 0),
        ("insight", "anthropic_usage", None, 1_000),
    ]
    next_to = query(
        """
        select sum(cost_amount), any_value(reason) from fct_cost_candidates
        where account_name = 'insight' and source = 'anthropic_analytics_costs' and not is_chosen
        """
    )
    assert next_to == [(Decimal(10), "anthropic_costs counts instead: cost report of the provider")]


def test_a_day_shows_money_and_tokens_once(query: Query) -> None:
    daily = query(
        """
        select sum(cost_amount), sum(total_tokens), sum(unpriced_tokens) from rpt_daily_costs
        where account_name = 'labs' and cost_date = date '2026-03-10'
        """
    )
    assert daily == [(Decimal("0.0031"), 1_000, 0)]
    model = query(
        """
        select cost_amount, total_tokens, price_status from rpt_model_costs
        where provider = 'acme' and cost_kind = 'spend' and currency = 'USD'
        """
    )
    spent = Decimal("0.0031") + Decimal("0.006") + Decimal("0.006") + Decimal("0.003")
    assert model == [(spent, 5_000, "priced")]


def test_every_candidate_says_whether_it_counts_and_why(query: Query) -> None:
    rows = query(
        """
        select source, cost_amount, total_tokens, is_chosen, counts_usage, reason
        from fct_cost_candidates where account_name = 'labs' and cost_date = date '2026-03-10' order by source
        """
    )
    instead = "openai_costs counts instead: cost report of the provider"
    assert rows == [
        ("openai_costs", Decimal("0.0031"), 0, True, False, "cost report of the provider"),
        ("openai_costs_csv", Decimal("0.0030"), 0, False, False, instead),
        ("openai_usage", Decimal("0.003"), 1_000, False, True, instead),
        ("openai_usage_csv", Decimal("0.003"), 1_000, False, False, instead),
    ]


def test_a_second_view_never_counts_even_alone(query: Query) -> None:
    rows = query(
        """
        select cost_date, source, is_chosen, counts_usage, reason
        from fct_cost_candidates where account_name = 'views' order by cost_date, source
        """
    )
    view = ("anthropic_claude_code", False, False, "second view of money that the provider reports")
    assert rows == [
        (DAY, *view),
        (DAY, "anthropic_usage", True, True, "usage of the provider at its prices"),
        (NEXT, *view),
    ]


def test_a_gateway_is_covered_by_the_bill_that_pays_for_it_on_the_days_of_that_bill(query: Query) -> None:
    rows = query(
        """
        select cost_date, provider, cost_amount, is_chosen, counts_usage, reason
        from fct_cost_candidates where account_name = 'proxy' order by cost_date, provider
        """
    )
    covered = "openai_costs of labs states what this was charged"
    assert rows == [
        (BEFORE, "acme", Decimal("0.006"), True, True, "estimate of a gateway"),
        (DAY, "acme", Decimal("0.003"), False, False, covered),
        (DAY, "litellm", Decimal("0.007"), False, False, covered),
        (DAY, "umbra", Decimal("0.005"), True, True, "estimate of a gateway"),
    ]


def test_a_metered_agent_is_covered_where_its_provider_has_an_account(query: Query) -> None:
    rows = query(
        """
        select cost_date, host, cost_kind, cost_amount, is_chosen, reason
        from fct_cost_candidates where account_name = 'agent' order by cost_date, host
        """
    )
    amount, log = Decimal("0.003"), "log of a coding agent"
    assert rows == [
        (BEFORE, "ci-7", "spend", amount, True, log),
        (DAY, "ci-7", "spend", amount, False, "openai_costs of labs states what this was charged"),
        (DAY, "laptop", "list_price_value", amount, True, log),
    ]


def test_what_a_plan_includes_is_no_spend(query: Query) -> None:
    rows = query(
        """
        select source, cost_kind, cost_basis, cost_amount, total_tokens
        from fct_costs where account_name = 'team' order by cost_amount
        """
    )
    assert rows == [
        ("cursor_events", "list_price_value", "provider_reported", Decimal("0.04"), 1_000),
        ("cursor_events", "spend", "provider_reported", Decimal("0.09"), 1_000),
        ("manual", "spend", "manual", Decimal(40), 0),
    ]


def test_landing_is_the_facts_and_what_stands_beside_them(chosen: Path, tmp_path: Path) -> None:
    landing = LandingStore(tmp_path)
    for source in {(record.source_kind, record.source) for record in CHOICE.records}:
        records = [record for record in CHOICE.records if (record.source_kind, record.source) == source]
        days = {day: to_table([r for r in records if r.day == day]) for day in {r.day for r in records}}
        landing.replace(Feed(*source, "feed"), days, cursor=None, now=AS_OF)
    with closing(duckdb.connect(chosen)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = conservation.check(landing, connection)
        connection.execute("begin")
        connection.execute(
            "update fct_costs set cost_amount = cost_amount + 1 where source = 'openai_costs' and account_name = 'labs'"
        )
        harmed = [comparison for comparison in conservation.check(landing, connection) if not comparison.equal]
        connection.execute("rollback")
    assert [(c.measure, *c.amounts.values()) for c in found] == [
        ("list_price_value", Decimal("0.043"), Decimal("0.043")),
        ("spend", Decimal("240.1161"), Decimal("240.1161")),
        ("tokens", 9_018_500, 9_018_500),
    ]
    assert [(c.measure, *c.amounts.items()) for c in harmed] == [
        ("spend", ("landing", Decimal("240.1161")), ("facts", Decimal("241.1161"))),
        (
            "spend of openai_costs (api)",
            ("landing", Decimal("13.0031")),
            ("facts and candidates", Decimal("14.0031")),
        ),
    ]
