"""What reaches the working file is what the manifests name: every row, typed, in UTC, after its hash was checked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import LandingError
from pipelines.landing import Feed, LandingStore
from pipelines.presentation.messages import CHANGED
from pipelines.prices.uses import Use
from pipelines.warehouse.files import load_table, monthly_uses, write_frames
from pipelines.warehouse.landing_tables import TABLES
from pipelines.warehouse.loading import load_landing
from pipelines.warehouse.opening import scratch
from tests.landing.landed import DAY, FEED, NOW, days, record

LATER = date(2026, 11, 22)


@pytest.fixture
def store(tmp_path: Path) -> LandingStore:
    return LandingStore(tmp_path / "landing")


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with scratch() as opened:
        yield opened


def used(model: str | None, moment: datetime, **reported: Any) -> UsageRecord:
    return UsageRecord(
        **{
            "source_kind": SourceKind.MANUAL,
            "source": "manual",
            "record_kind": RecordKind.USAGE,
            "account_name": "acme",
            "provider": "groq",
            "period_start": moment,
            "period_end": moment.replace(minute=59),
            "grain": "event",
            "model_raw": model,
            **reported,
        }
    )


def test_an_empty_landing_gives_empty_tables_of_the_same_columns(
    connection: duckdb.DuckDBPyConnection, store: LandingStore
):
    assert load_landing(connection, store) == 0
    empty = connection.table("landing.usage_records")
    shape = list(zip(empty.columns, map(str, empty.types), strict=True))
    assert empty.fetchall() == connection.table("landing.partitions").fetchall() == []
    store.replace(FEED, days(record()), cursor=None, now=NOW)
    assert load_landing(connection, store) == 1
    filled = connection.table("landing.usage_records")
    assert list(zip(filled.columns, map(str, filled.types), strict=True)) == shape


def test_each_row_carries_its_feed_its_day_and_when_it_was_observed(
    connection: duckdb.DuckDBPyConnection, store: LandingStore
):
    store.replace(FEED, {**days(record(amount="0.000000000001"), record(LATER, "-5.25"))}, cursor=None, now=NOW)
    assert load_landing(connection, store) == 2
    rows = connection.table("landing.usage_records").project(
        "feed, partition_day, observed_at, cost_amount, currency, source_kind"
    )
    assert rows.order("partition_day").fetchall() == [
        ("invoices.csv", DAY, NOW, Decimal("0.000000000001"), "USD", "manual"),
        ("invoices.csv", LATER, NOW, Decimal("-5.25"), "USD", "manual"),
    ]


def test_a_covered_day_without_rows_is_a_partition_and_a_day_never_asked_is_none(
    connection: duckdb.DuckDBPyConnection, store: LandingStore
):
    nothing = days(record())[DAY].slice(0, 0)
    store.replace(FEED, {DAY: nothing}, cursor=None, now=NOW)
    assert load_landing(connection, store) == 0
    partitions = connection.table("landing.partitions").project("partition_day, row_count, generation")
    assert partitions.fetchall() == [(DAY, 0, 1)]


def test_a_restated_day_replaces_its_rows_and_a_second_load_adds_none(
    connection: duckdb.DuckDBPyConnection, store: LandingStore
):
    store.replace(FEED, days(record(amount="1")), cursor=None, now=NOW)
    load_landing(connection, store)
    store.replace(FEED, days(record(amount="2")), cursor=None, now=NOW)
    for _ in range(2):
        assert load_landing(connection, store) == 1
        assert connection.sql("select cost_amount from landing.usage_records").fetchall() == [(2,)]
        assert connection.sql("select generation from landing.partitions").fetchall() == [(2,)]


def test_only_what_changed_is_read_again(connection: duckdb.DuckDBPyConnection, store: LandingStore):
    store.replace(FEED, {**days(record(amount="1")), **days(record(LATER, "2"))}, cursor=None, now=NOW)
    other = Feed(SourceKind.LOCAL, "agent", "laptop")
    store.replace(other, days(record(amount="4")), cursor=None, now=NOW)
    load_landing(connection, store)
    connection.execute("update landing.usage_records set note = 'loaded before'")
    store.replace(FEED, days(record(LATER, "3")), cursor=None, now=NOW, drop_days=[DAY])
    assert load_landing(connection, store) == 2
    assert connection.sql("select cost_amount, note from landing.usage_records order by 1").fetchall() == [
        (3, record(LATER, "3").note),
        (4, "loaded before"),
    ]


def test_a_table_of_other_columns_is_loaded_anew(connection: duckdb.DuckDBPyConnection, store: LandingStore):
    store.replace(FEED, days(record(amount="1")), cursor=None, now=NOW)
    load_landing(connection, store)
    before = connection.sql("select * from landing.usage_records").fetchall()
    connection.execute("alter table landing.usage_records drop column note")
    assert load_landing(connection, store) == 1
    assert connection.sql("select * from landing.usage_records").fetchall() == before


def test_a_changed_landed_file_stops_the_load_and_what_was_loaded_stays(
    connection: duckdb.DuckDBPyConnection, store: LandingStore
):
    store.replace(FEED, days(record()), cursor=None, now=NOW)
    load_landing(connection, store)
    ((_, _, path),) = store.verify()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(LandingError, match=CHANGED):
        load_landing(connection, store)
    assert connection.table("landing.usage_records").aggregate("count(*)").fetchall() == [(1,)]


@pytest.mark.parametrize("name", TABLES)
def test_a_settings_table_without_rows_still_has_its_columns(connection: duckdb.DuckDBPyConnection, name: str):
    load_table(connection, name, [])
    table = connection.table(f"landing.{name}")
    assert (table.columns, table.fetchall()) == (TABLES[name].names, [])


def test_text_from_outside_is_loaded_as_text(connection: duckdb.DuckDBPyConnection):
    name = "'; drop table landing.budgets; --"
    budget = {"budget": name, "amount": Decimal("0.000000000001"), "currency": "EUR", "alert_at": [70, 100]}
    load_table(connection, "budgets", [budget])
    loaded = connection.table("landing.budgets").project("budget, amount, currency, period, alert_at").fetchall()
    assert loaded == [(name, Decimal("0.000000000001"), "EUR", None, [70, 100])]


def test_each_distinct_use_comes_once_with_its_first_and_last_day(
    connection: duckdb.DuckDBPyConnection, store: LandingStore
):
    morning, midnight = datetime(2026, 11, 20, 8, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)
    records = [
        used("llama-4", morning),
        used("llama-4", midnight),
        used("llama-4", morning, service_tier="batch"),
        used(None, morning),
    ]
    store.replace(FEED, days(*records), cursor=None, now=NOW)
    load_landing(connection, store)
    assert monthly_uses(connection) == [
        Use("groq", "llama-4", "batch", None, DAY, DAY),
        Use("groq", "llama-4", None, None, DAY, LATER),
    ]


def test_a_frame_replaces_the_table_of_its_name_and_leaves_others(connection: duckdb.DuckDBPyConnection):
    write_frames(connection, "forecasts", {"daily": pd.DataFrame({"a": [1, 2]}), "status": pd.DataFrame({"b": ["x"]})})
    write_frames(connection, "forecasts", {"daily": pd.DataFrame({"a": [3]})})
    assert connection.table("forecasts.daily").fetchall() == [(3,)]
    assert connection.table("forecasts.status").fetchall() == [("x",)]
