"""A project is its id: renamed, it stays one project under its newest name, on days before and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.domain.source_kinds import SourceKind
from tests.dbt.conftest import Query, Scenario
from tests.dbt.landed import Landed

FIRST = datetime(2026, 2, 1, tzinfo=UTC)


def row(source: str, day: int, kind: RecordKind, **given: Any) -> UsageRecord:
    start = FIRST + timedelta(days=day)
    return UsageRecord(
        source_kind=SourceKind.API,
        source=source,
        record_kind=kind,
        account_name="labs",
        provider="openai",
        period_start=start,
        period_end=start + timedelta(days=1),
        grain="1d",
        **given,
    )


def cost(day: int, project: str, **given: Any) -> UsageRecord:
    money = {"cost_amount": Decimal(2), "currency": "USD", "cost_basis": CostBasis.PROVIDER_REPORTED}
    return row("openai_costs", day, RecordKind.COST, project=project, line_item="gpt-5, input", **money, **given)


def use(day: int, project: str, **given: Any) -> UsageRecord:
    tokens = {"requests": 1, "input_uncached_tokens": 100, "output_tokens": 10}
    return row("openai_usage", day, RecordKind.USAGE, project=project, model_raw="gpt-5", **tokens, **given)


def named(kind: str, identity: str, name: str, seen: int) -> dict[str, Any]:
    at = FIRST + timedelta(days=seen)
    return {
        "provider": "openai",
        "account_name": "labs",
        "kind": kind,
        "id": identity,
        "name": name,
        "first_seen_at": at,
        "last_seen_at": at + timedelta(days=5),
    }


LANDED = Landed(
    records=[
        *(cost(day, "proj_1", project_name="Atlas") for day in (0, 1)),
        *(cost(day, "proj_1", api_key_id="key_1") for day in (2, 3)),
        cost(0, "proj_2", project_name="Only in rows"),
        *(use(day, "proj_1", project_name="Atlas", api_key_id="key_1") for day in (0, 1)),
        *(use(day, "proj_1", api_key_id="key_1") for day in (2, 3)),
    ],
    tables={
        "names": [
            named("project", "proj_1", "Atlas", 0),
            named("project", "proj_1", "Borealis", 6),
            named("api_key", "key_1", "nightly", 6),
        ]
    },
)


@pytest.fixture
def query(scenario: Scenario) -> Iterator[Query]:
    with closing(duckdb.connect(scenario("names", LANDED, "fct_cost_allocations"), read_only=True)) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def test_renamed_projects_are_one_project_and_rows_without_a_name_get_it(query: Query):
    assert query("select project, project_name, sum(cost_amount) from fct_costs group by all order by 1") == [
        ("proj_1", "Borealis", Decimal(8)),
        ("proj_2", "Only in rows", Decimal(2)),
    ]
    assert query("select project_name, api_key_name, sum(total_tokens) from fct_usage group by all") == [
        ("Borealis", "nightly", 440)
    ]
    assert query("select distinct project_name from fct_cost_allocations where project = 'proj_1'") == [("Borealis",)]
