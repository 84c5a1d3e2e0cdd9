"""Landing that the version before wrote: it is read, equal rows change nothing, and new ones land alongside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines.domain.meters import METERS
from pipelines.domain.records import LANDING_SCHEMA, from_table, to_table
from pipelines.landing import LandingStore
from pipelines.landing.layouts import FIRST_LAYOUT
from pipelines.landing.manifest import SCHEMA_VERSION
from pipelines.warehouse.loading import compare_totals, load_landing
from tests.upgrade.homes import ROWS, unpack

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = date(2026, 9, 14)
TOTALS = {
    "requests": 27,
    "input_uncached_tokens": 92933,
    "cache_read_tokens": 72600,
    "output_tokens": 4070,
    "unsplit_tokens": 120000,
}


@pytest.fixture
def landing(tmp_path: Path) -> LandingStore:
    unpack(tmp_path)
    return LandingStore(tmp_path / "data" / "landing")


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def test_every_row_is_read_and_a_later_meter_is_null(landing: LandingStore):
    tables = {feed.source: landing.read(feed) for feed in landing.feeds()}
    assert {source: table.num_rows for source, table in tables.items()} == ROWS
    assert all(table.schema.equals(LANDING_SCHEMA) for table in tables.values())
    assert tables["openai_usage"]["input_audio_tokens"].null_count == ROWS["openai_usage"]
    assert {partition.layout for manifest in landing.manifests() for partition in manifest.partitions.values()} == {
        FIRST_LAYOUT
    }


def test_it_loads_and_proves_itself(landing: LandingStore, connection: duckdb.DuckDBPyConnection):
    assert load_landing(connection, landing) == sum(ROWS.values())
    compare_totals(connection, landing, landing.verify())
    sums = connection.table("landing.usage_records").aggregate(
        ", ".join(f"sum({name})::bigint as {name}" for name in TOTALS)
    )
    assert dict(zip(sums.columns, sums.fetchall()[0], strict=True)) == TOTALS


def test_landing_the_same_rows_again_changes_nothing(landing: LandingStore):
    before = {manifest.feed: manifest for manifest in landing.manifests()}
    for feed in landing.feeds():
        days = {day: landing.read(feed, [day]) for day in before[feed].days}
        assert landing.replace(feed, days, cursor=None, now=NOW).days == ()
    assert {manifest.feed: manifest for manifest in landing.manifests()} == before


def test_a_restated_day_is_of_this_version_and_its_neighbours_stay(
    landing: LandingStore, connection: duckdb.DuckDBPyConnection
):
    feed = next(feed for feed in landing.feeds() if feed.source == "openai_usage")
    rows = from_table(landing.read(feed, [DAY]))
    spoken = [replace(row, input_audio_tokens=7) if row.service == "completions" else row for row in rows]
    new_day = [
        replace(row, period_start=row.period_start + timedelta(days=80), period_end=row.period_end + timedelta(days=80))
        for row in spoken
    ]
    added = new_day[0].day
    landing.replace(feed, {DAY: to_table(spoken), added: to_table(new_day)}, cursor=None, now=NOW)
    manifest = landing.manifest(feed)
    assert manifest is not None
    layouts = {day: partition.layout for day, partition in manifest.partitions.items()}
    assert manifest.schema_version == SCHEMA_VERSION
    assert layouts.pop(DAY) == layouts.pop(added) != FIRST_LAYOUT
    assert set(layouts.values()) == {FIRST_LAYOUT}
    assert manifest.partitions[DAY].counts["input_audio_tokens"] == 7
    assert load_landing(connection, landing) == sum(ROWS.values()) + len(new_day)
    compare_totals(connection, landing, landing.verify())
    loaded = connection.table("landing.usage_records").aggregate(
        "sum(input_audio_tokens)::bigint, count(distinct record_key)"
    )
    assert loaded.fetchall() == [(14, sum(ROWS.values()) + len(new_day))]


def test_keys_are_what_they_were(landing: LandingStore):
    for feed in landing.feeds():
        table = landing.read(feed)
        assert sorted(row.record_key for row in from_table(table)) == sorted(table["record_key"].to_pylist())


def test_a_row_written_today_has_a_column_for_each_meter(landing: LandingStore):
    feed = landing.feeds()[0]
    (row, *_) = from_table(landing.read(feed))
    counts = {meter.name: Decimal("1.5") if meter.is_fractional else 1 for meter in METERS}
    landing.replace(feed, {row.day: to_table([replace(row, **counts)])}, cursor=None, now=NOW)
    manifest = landing.manifest(feed)
    assert manifest is not None
    file = landing.folder(feed).path / manifest.partitions[row.day].file
    assert pq.read_table(file).select(list(counts)).to_pylist() == [counts]
