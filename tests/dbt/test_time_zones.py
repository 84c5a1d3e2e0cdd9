"""What reports its moment is of the day in the reporting zone, whatever its clocks do; what reports days stays in
UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.domain.source_kinds import SourceKind
from tests.dbt.conftest import transform
from tests.dbt.landed import Landed, entered, price, used

pytestmark = pytest.mark.e2e

SPRING, AUTUMN = datetime(2026, 3, 28, tzinfo=UTC), datetime(2025, 10, 25, tzinfo=UTC)
HALF_HOURS = [start + timedelta(minutes=30) * number for start in (SPRING, AUTUMN) for number in range(3 * 48)]
COMPANY = Landed(
    records=[
        *(used("agents", moment, output_tokens=1_000_000, message_id=str(moment)) for moment in HALF_HOURS),
        entered("server", SPRING.date(), "0.01", source_kind=SourceKind.API, source="umbra_costs", provider="umbra"),
        entered("seats", date(2026, 3, 29), "30"),
    ],
    tables={
        "unit_prices": [price("output_tokens", "0.01")],
        "agent_billing": [{"source": "agent", "host": None, "billing": "metered"}],
    },
)
TOTAL = Decimal("0.01") * (len(HALF_HOURS) + 1) + 30

ZONES = {
    # Clocks go forward on 29 March, a day of 23 hours, and back on 26 October, one of 25.
    "Europe/Berlin": {
        date(2025, 10, 25): 44,
        date(2025, 10, 26): 50,
        date(2025, 10, 27): 48,
        date(2025, 10, 28): 2,
        date(2026, 3, 28): 46,
        date(2026, 3, 29): 46,
        date(2026, 3, 30): 48,
        date(2026, 3, 31): 4,
    },
    # Five hours and three quarters ahead, all year.
    "Asia/Kathmandu": {
        date(2025, 10, 25): 37,
        date(2025, 10, 26): 48,
        date(2025, 10, 27): 48,
        date(2025, 10, 28): 11,
        date(2026, 3, 28): 37,
        date(2026, 3, 29): 48,
        date(2026, 3, 30): 48,
        date(2026, 3, 31): 11,
    },
    # Seven hours behind on all of these days: clocks changed on 2 November and 8 March.
    "America/Los_Angeles": {
        date(2025, 10, 24): 14,
        date(2025, 10, 25): 48,
        date(2025, 10, 26): 48,
        date(2025, 10, 27): 34,
        date(2026, 3, 27): 14,
        date(2026, 3, 28): 48,
        date(2026, 3, 29): 48,
        date(2026, 3, 30): 34,
    },
}


@pytest.fixture(scope="module", params=ZONES)
def zone(request: pytest.FixtureRequest, dbt_state: Path) -> Iterator[tuple[str, duckdb.DuckDBPyConnection]]:
    """Each zone in turn, in one working file: a new zone is another reason to sum again."""
    database = dbt_state / "zones" / "working.duckdb"
    database.parent.mkdir(exist_ok=True)
    replace(COMPANY, timezone=request.param).write(database)
    read = ("--select", "+rpt_local_daily_costs", "+fct_hourly_usage", "+fct_usage")
    assert transform(database).build(*read, "--indirect-selection", "cautious").failures == ()
    with closing(duckdb.connect(database, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield request.param, connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.sql(sql).fetchall()


def test_a_moment_is_of_the_day_that_clocks_show(zone: tuple[str, duckdb.DuckDBPyConnection]):
    name, connection = zone
    days = rows(connection, "select local_date, requests from rpt_local_daily_costs where day_basis = 'exact'")
    assert dict(days) == ZONES[name]


def test_what_states_days_stays_on_its_utc_day_and_says_so(zone: tuple[str, duckdb.DuckDBPyConnection]):
    _, connection = zone
    days = connection.table("rpt_local_daily_costs").filter("day_basis = 'utc_day'").order("local_date")
    assert days.project("local_date, account_name, cost_amount").fetchall() == [
        (SPRING.date(), "server", Decimal("0.01")),
        (date(2026, 3, 29), "seats", Decimal(30)),
    ]


def test_local_days_and_utc_days_have_the_same_total(zone: tuple[str, duckdb.DuckDBPyConnection]):
    _, connection = zone
    for day, table in (("local_date", "rpt_local_daily_costs"), ("cost_date", "fct_costs")):
        assert rows(connection, f"select sum(cost_amount), count({day}) > 0 from {table}") == [(TOTAL, True)]  # noqa: S608 - names of this test


def test_every_hour_has_what_was_used_in_it_and_the_time_on_the_clock(zone: tuple[str, duckdb.DuckDBPyConnection]):
    name, connection = zone
    assert rows(connection, "select distinct requests, list_cost_amount from fct_hourly_usage") == [
        (2, Decimal("0.02"))
    ]
    assert rows(connection, "select count(*), count(distinct usage_hour) from fct_hourly_usage") == [(144, 144)]
    offsets = rows(connection, "select distinct utc_offset_minutes from fct_hourly_usage order by 1")
    expected = {"Europe/Berlin": [60, 120], "Asia/Kathmandu": [345], "America/Los_Angeles": [-420]}
    assert [offset for (offset,) in offsets] == expected[name]


def test_the_hour_that_comes_twice_is_two_rows_and_the_one_left_out_is_none(
    zone: tuple[str, duckdb.DuckDBPyConnection],
):
    name, connection = zone
    shown = {"Europe/Berlin": [("2025-10-26", 2)], "Asia/Kathmandu": []}
    otherwise = [("2025-10-26", 1), ("2026-03-29", 1)]
    hours = connection.table("fct_hourly_usage").filter("hour(local_hour) = 2 and minute(local_hour) = 0")
    on_the_days = hours.filter("local_hour::date in ('2025-10-26', '2026-03-29')")
    found = on_the_days.aggregate("local_hour::date::varchar as day, count(*)").order("day").fetchall()
    assert found == shown.get(name, otherwise)
