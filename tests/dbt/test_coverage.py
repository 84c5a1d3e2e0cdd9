"""Coverage decides, not rows: a day that a bill covers without an amount costs nothing, however much was used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.domain.source_kinds import SourceKind
from tests.dbt.choice import DAY, FILE, billed, reported, routed
from tests.dbt.conftest import Query, Scenario
from tests.dbt.landed import AS_OF, EmptyDay, Landed, entered, price

YESTERDAY, TODAY = AS_OF.date() - timedelta(days=1), AS_OF.date()
FEBRUARY = date(2026, 2, 28)
BEFORE = DAY - timedelta(days=5)
OPENAI, ANTHROPIC = {"provider": "openai"}, {"provider": "anthropic"}
AT_LIST = "usage of the provider at its prices"
NOTHING = "openai_costs counts instead: cost report of the provider, which charges nothing for this day"


def used(account: str, amount: str, day: date = DAY, **given: Any) -> Any:
    """Use that is worth `amount` at the list price of a dollar for a million tokens."""
    provider = given.pop("provider", "openai")
    tokens = int(Decimal(amount) * 1_000_000)
    return reported(
        f"{provider}_usage", account, day, input_uncached_tokens=tokens, requests=1, provider=provider, **given
    )


def empty(account: str, *days: date, source: str = "openai_costs", observed: datetime = AS_OF) -> list[EmptyDay]:
    kind = SourceKind.IMPORT if source.endswith("_csv") else SourceKind.API
    return [EmptyDay(kind, source, account, day, observed) for day in days]


def asked(account: str, at: datetime = AS_OF, source: str = "openai_costs") -> dict[str, Any]:
    """How the last extraction of an account's bill ended."""
    names = {"source_kind": SourceKind.API, "source": source, "feed": account, "status": "ok", "rejected_lines": 0}
    return {**names, "last_attempt_at": at, "last_success_at": at}


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


AGENT = {"source_kind": SourceKind.LOCAL, "input_uncached_tokens": 2_000_000, "host": "ci-7"}
COVERAGE = Landed(
    records=[
        used("labs", "209.44", service_tier="priority"),
        used("studio", "310.72", **ANTHROPIC),
        used("mixed", "50", service_tier="priority"),
        used("mixed", "0.01"),
        billed("openai_costs", "mixed", "0.01", **OPENAI),
        used("fresh", "3", YESTERDAY),
        used("fresh", "4", TODAY),
        used("behind", "5", DAY + timedelta(days=3)),
        used("behind", "6", BEFORE),
        used("broken", "7"),
        used("filed", "8"),
        billed("openai_costs_csv", "filed", "8.5", **OPENAI, **FILE),
        used("by-file", "9"),
        used("unfinished-file", "10"),
        billed("openai_costs_csv", "early-file", "14", YESTERDAY, **OPENAI, **FILE),
        billed("openai_costs_csv", "early-file", "15", **OPENAI, **FILE),
        billed("focus", "cloud", "16", provider="aws", **FILE),
        billed("focus", "cloud", "17", FEBRUARY, provider="aws", **FILE),
        used("no-bill", "11"),
        used("invoiced", "12"),
        entered("invoiced", DAY, "40", provider="openai"),
        routed("litellm_activity", "proxy", "13", provider="openai"),
        reported("agent", "agent", provider="openai", **AGENT),
    ],
    tables={
        "unit_prices": [
            {**price("input_uncached_tokens", "1"), "provider": "openai", "service_tier": tier}
            for tier in (None, "priority")
        ]
        + [{**price("input_uncached_tokens", "1"), "provider": "anthropic"}],
        "feeds": [
            *(asked(account) for account in ("labs", "mixed", "fresh", "filed", "invoiced")),
            asked("behind"),
            asked("broken", on(DAY)),
            asked("studio", source="anthropic_costs"),
        ],
        "agent_billing": [{"source": "agent", "host": None, "billing": "metered"}],
        "paid_accounts": [
            {"account_name": "proxy", "source": None, "host": None, "provider": "openai", "pays": "labs"}
        ],
    },
    empty_days=[
        *empty("labs", DAY, observed=on(DAY)),
        *empty("studio", DAY, source="anthropic_costs", observed=on(DAY)),
        *empty("fresh", YESTERDAY, TODAY, observed=on(TODAY)),
        *empty("behind", DAY),
        *empty("broken", DAY, observed=on(DAY)),
        *empty("filed", DAY),
        *empty("by-file", DAY, source="openai_costs_csv"),
        *empty("unfinished-file", DAY, source="openai_costs_csv", observed=on(DAY)),
        *empty("invoiced", DAY),
    ],
)


@pytest.fixture(scope="module")
def database(scenario: Scenario) -> Path:
    return scenario("coverage", COVERAGE, "fct_usage", "fct_cost_candidates", "rpt_reconciliation")


@pytest.fixture
def query(database: Path) -> Iterator[Query]:
    with closing(duckdb.connect(database, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield lambda sql: connection.execute(sql).fetchall()


def spend(query: Query, account: str) -> list[tuple[Any, ...]]:
    """What counts as spend of an account, by day: its amount, whether it is provisional, and why."""
    rows = query(
        """
        select account_name, cost_date, cost_amount, is_provisional, reason from fct_costs
        where cost_kind = 'spend' order by cost_date, source
        """
    )
    return [row[1:] for row in rows if row[0] == account]


def test_a_day_that_the_bill_covers_with_nothing_on_it_costs_nothing(query: Query) -> None:
    assert spend(query, "labs") == [(DAY, None, False, NOTHING)]
    assert spend(query, "studio") == [(DAY, None, False, NOTHING.replace("openai", "anthropic"))]
    assert query(
        """
        select account_name, sum(total_tokens), sum(list_cost_amount) from fct_usage
        where account_name in ('labs', 'studio') group by all order by all
        """
    ) == [("labs", 209_440_000, Decimal("209.44")), ("studio", 310_720_000, Decimal("310.72"))]


def test_a_tiny_charge_of_the_same_day_makes_no_difference_to_the_rest_of_it(query: Query) -> None:
    instead = "openai_costs counts instead: cost report of the provider"
    assert [amount for _, amount, _, _ in spend(query, "mixed")] == [Decimal("0.01"), None]
    assert {reason for _, _, _, reason in spend(query, "mixed")} == {"cost report of the provider", instead}


def test_a_bill_that_may_still_come_leaves_an_estimate_that_says_so(query: Query) -> None:
    assert spend(query, "fresh") == [(YESTERDAY, Decimal(3), True, AT_LIST), (TODAY, Decimal(4), True, AT_LIST)]
    assert spend(query, "broken") == [(DAY, Decimal(7), True, AT_LIST)], (
        "it was asked on that very day, and never again"
    )
    assert spend(query, "unfinished-file") == [(DAY, Decimal(10), True, AT_LIST)], "the file was read on that very day"


def test_a_file_that_was_read_before_its_bill_was_final_says_so(query: Query) -> None:
    by_file = "cost report of the provider, as a file"
    assert spend(query, "early-file") == [(DAY, Decimal(15), False, by_file), (YESTERDAY, Decimal(14), True, by_file)]
    assert [row[:3] for row in spend(query, "cloud")] == [(FEBRUARY, Decimal(17), False), (DAY, Decimal(16), True)], (
        "the bill of a cloud is final after its month"
    )


def test_days_that_no_bill_covers_are_worth_their_use(query: Query) -> None:
    later = DAY + timedelta(days=3)
    assert spend(query, "behind") == [(BEFORE, Decimal(6), False, AT_LIST), (later, Decimal(5), True, AT_LIST)]
    assert spend(query, "no-bill") == [(DAY, Decimal(11), False, AT_LIST)]


def test_of_two_bills_the_one_that_has_an_amount_is_believed(query: Query) -> None:
    instead = "openai_costs_csv counts instead: cost report of the provider, as a file"
    assert spend(query, "filed") == [
        (DAY, Decimal("8.5"), False, "cost report of the provider, as a file"),
        (DAY, None, False, instead),
    ]


def test_a_file_covers_its_days_as_well(query: Query) -> None:
    by_file = (
        "openai_costs_csv counts instead: cost report of the provider, as a file, which charges nothing for this day"
    )
    assert spend(query, "by-file") == [(DAY, None, False, by_file)]


def test_what_people_entered_counts_beside_a_bill_that_charges_nothing(query: Query) -> None:
    assert [amount for _, amount, _, _ in spend(query, "invoiced")] == [Decimal(40), None]


def test_spend_through_another_door_is_held_by_the_bill_that_charges_nothing(query: Query) -> None:
    assert query(
        """
        select account_name, cost_amount, is_chosen, reason from fct_cost_candidates
        where account_name in ('proxy', 'agent') order by account_name
        """
    ) == [
        ("agent", Decimal(2), False, "openai_costs of behind states what this was charged"),
        ("proxy", Decimal(13), False, "openai_costs of labs states what this was charged"),
    ]


def test_no_candidate_is_lost(query: Query) -> None:
    counted, left_out = query(
        """
        select sum(cost_amount) filter (is_chosen), sum(cost_amount) filter (not is_chosen)
        from fct_cost_candidates where cost_kind = 'spend'
        """
    )[0]
    assert (counted,) == query("select sum(cost_amount) from fct_costs where cost_kind = 'spend'")[0]
    assert counted == sum(
        map(Decimal, ("0.01", "3", "4", "5", "6", "7", "8.5", "10", "11", "14", "15", "16", "17", "40"))
    )
    assert left_out == sum(map(Decimal, ("209.44", "310.72", "50.01", "8", "9", "12", "13", "2")))


def test_reconciliation_says_that_the_bill_charges_nothing(query: Query) -> None:
    rows = query(
        """
        select estimated_amount, billed_amount, difference_amount, not_charged_amount, verdict from rpt_reconciliation
        where provider = 'anthropic' order by period
        """
    )
    amounts = (Decimal("310.72"), Decimal(0), Decimal("-310.72"), Decimal("-310.72"))
    assert rows == [(*amounts, "explained")] * 2
    (openai,) = query(
        """
        select not_charged_amount, tier_amount from rpt_reconciliation
        where provider = 'openai' and period = 'day' and period_start = date '2026-03-10'
        """
    )
    assert openai == (-Decimal("209.44") - 9, Decimal(-50))
