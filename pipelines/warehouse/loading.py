"""Landed records in the working file: what changed since they were last loaded is read, the rest stays as it is.

Belongs here: which partitions are read, withdrawn or left, and whether they have what their manifests say. Does not:
how settings and prices get there (warehouse.py), or what a row means (dbt_project/).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.domain.meters import METERS
from pipelines.domain.records import LANDING_SCHEMA
from pipelines.errors import LandingError
from pipelines.landing import EffectiveData, Feed, LandingStore, Partition
from pipelines.landing.effective import listed
from pipelines.landing.manifest import COUNTED_COLUMNS
from pipelines.warehouse.landing_tables import TABLES

NOT_LOADED = (
    *("user_id", "session_id", "message_id", "request_id", "is_sidechain", "row_ordinal"),
    *(meter.name for meter in METERS if meter.part_of is not None),
)
"""What no model reads. Ids of replies, sessions and requests are most of the text of a row, and take long to store."""
TABLE_SCHEMAS = {
    "partitions": TABLES["partitions"],
    "usage_records": pa.schema(
        [
            *(field for field in LANDING_SCHEMA if field.name not in NOT_LOADED),
            *(TABLES["partitions"].field(name) for name in ("feed", "partition_day", "observed_at")),
        ]
    ),
}
"""The dbt sources: each partition in effect, and each landed row with its feed, its day and when it was observed."""

EVERYTHING = EffectiveData()
NOT_COUNTED = pa.schema(
    {
        "source_kind": pa.string(),
        "source": pa.string(),
        "feed": pa.string(),
        "partition_day": pa.date32(),
        "record_key": pa.string(),
    }
)
"""What of landing does not count, because another feed of the same account does: a record, or without one a day."""
RENAMED = pa.schema(dict.fromkeys(("provider", "former_name", "account_name"), pa.string()))

WITHDRAW = """
delete from landing.usage_records as records
using (
    select * from landing.partitions
    anti join effective_partitions using (source_kind, source, feed, partition_day, sha256, observed_at, counted_as)
) as gone
where
    records.source_kind = gone.source_kind
    and records.source = gone.source
    and records.feed = gone.feed
    and records.partition_day = gone.partition_day
"""
CHANGED = """
create or replace temp table changed_partitions as
select * from effective_partitions
anti join landing.partitions using (source_kind, source, feed, partition_day, sha256, observed_at, counted_as)
"""
TAKE_IN = """
insert into landing.usage_records by name
select
    records.* exclude ({left_out})
        replace (coalesce(changed.account_name, renamed.account_name, records.account_name) as account_name),
    changed.feed,
    changed.partition_day,
    changed.observed_at
from read_parquet($files, filename = true) as records
inner join changed_partitions as changed on records.filename = $root || changed.file
left join renamed_accounts as renamed
    on
        changed.source_kind = 'manual'
        and records.provider = renamed.provider
        and records.account_name = renamed.former_name
anti join landing.not_counted as gone
    on
        changed.source_kind = gone.source_kind
        and changed.source = gone.source
        and changed.feed = gone.feed
        and changed.partition_day = gone.partition_day
        and records.record_key = gone.record_key
"""
TOTALS = """
select filename, currency, count(*), sum(cost_amount), {sums}
from read_parquet($files, filename = true)
group by all
"""

Files = Iterable[tuple[Feed, Partition, Path]]
"""Days as `LandingStore.verify` gives them."""


def load_landing(
    connection: duckdb.DuckDBPyConnection,
    landing: LandingStore,
    effective: EffectiveData = EVERYTHING,
    *,
    now: datetime | None = None,
) -> int:
    """Make landing.usage_records and landing.partitions what counts of landing; give how many rows that are.

    Every file is checked first, as `LandingStore.verify` does it at the moment `now`. Both tables change together or
    not at all, with landing.not_counted, which lists what is left out. A working file that was loaded before takes in
    the partitions whose content is another now, or is counted otherwise, and removes those that no longer exist.

    Raises:
        LandingError: a file is missing, was changed, or does not hold what its manifest says.
    """
    files = landing.verify(now=now)
    generations = {manifest.feed: manifest.generation for manifest in landing.manifests()}
    rows = [
        {
            "source_kind": feed.source_kind,
            "source": feed.source,
            "feed": feed.name,
            "partition_day": partition.day,
            "row_count": partition.row_count,
            "observed_at": partition.observed_at,
            "generation": generations[feed],
            "file": path.relative_to(landing.root).as_posix(),
            "sha256": partition.sha256,
            "account_name": effective.account_names.get(feed),
            "counted_as": effective.reading_of(feed, partition.day) or "",
        }
        for feed, partition, path in files
        if effective.counts(feed, partition.day)
    ]
    left_out = [
        dict(zip(NOT_COUNTED.names, (feed.source_kind, feed.source, feed.name, day, key), strict=True))
        for feed, day, key in listed(effective)
    ]
    former = [dict(zip(RENAMED.names, names, strict=True)) for names in effective.former_names]
    connection.register("renamed_accounts", pa.Table.from_pylist(former, schema=RENAMED))
    connection.register("not_counted", pa.Table.from_pylist(left_out, schema=NOT_COUNTED))
    connection.register("effective_partitions", pa.Table.from_pylist(rows, schema=TABLE_SCHEMAS["partitions"]))
    connection.begin()
    try:
        changed = _load(connection, landing, {str(path): (feed, partition) for feed, partition, path in files})
        compare_totals(connection, landing, [file for file in files if str(file[2]) in changed])
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    for name in ("effective_partitions", "renamed_accounts", "not_counted"):
        connection.unregister(name)
    return int(connection.table("landing.usage_records").aggregate("count(*)").fetchall()[0][0])


def compare_totals(connection: duckdb.DuckDBPyConnection, landing: LandingStore, files: Files) -> None:
    """Add up the rows of these files once more, and compare them with the control totals of their manifests.

    Raises:
        LandingError: naming each file whose rows, counts or amounts are not those that its manifest says.
    """
    by_file = {str(path): (feed, partition) for feed, partition, path in files}
    found: dict[str, Mapping[str, Any]] = {}
    for alike in _by_layout({file: partition.layout for file, (_, partition) in by_file.items()}):
        found |= _totals(connection, alike)
    damage = []
    for file, (feed, partition) in by_file.items():
        reported = {"rows": partition.row_count, **partition.counts, **partition.amounts}
        differing = [
            f"{value} {name}, the manifest {reported.get(name, 0)}"
            for name in reported.keys() | found.get(file, {}).keys()
            if (value := found.get(file, {}).get(name, 0)) != reported.get(name, 0)
        ]
        if differing:
            damage.append(str(landing.folder(feed).damaged(partition.file, f"has {'; '.join(sorted(differing))}")))
    if damage:
        raise LandingError("\n".join(damage))


def _totals(connection: duckdb.DuckDBPyConnection, files: list[str]) -> Mapping[str, Mapping[str, Any]]:
    """File of one layout -> its rows, the sum of each counted column, and that of each currency."""
    found: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    there = connection.read_parquet(files[0]).columns
    counted = [name for name in COUNTED_COLUMNS if name in there]
    totals = TOTALS.format(sums=", ".join(f"sum({name})" for name in counted))
    for file, currency, rows, amount, *counts in connection.execute(totals, {"files": files}).fetchall():
        found[file]["rows"] += rows
        for name, count in zip(counted, counts, strict=True):
            found[file][name] += count or 0
        if amount is not None:
            found[file][currency] = amount
    return found


def _by_layout(layouts: Mapping[str, str]) -> Iterable[list[str]]:
    """The files, those of one layout together: DuckDB reads files of equal columns faster than mixed ones."""
    alike: dict[str, list[str]] = defaultdict(list)
    for file, layout in layouts.items():
        alike[layout].append(file)
    return alike.values()


def _load(
    connection: duckdb.DuckDBPyConnection, landing: LandingStore, by_file: Mapping[str, tuple[Feed, Partition]]
) -> set[str]:
    """Take in the partitions that are others now; give their files. Only their places below landing's root are stored.

    Args:
        connection: the working file.
        landing: where the files are.
        by_file: file -> what it is.

    Raises:
        LandingError: one of the files was changed since it was last hashed.
    """
    if not all(_is_there(connection, name) for name in TABLE_SCHEMAS):
        connection.execute("create schema if not exists landing")
        for name, schema in TABLE_SCHEMAS.items():
            connection.register("empty_table", schema.empty_table())
            connection.execute(f"create or replace table landing.{name} as select * from empty_table")  # noqa: S608 - a key of TABLE_SCHEMAS
            connection.unregister("empty_table")
    connection.execute("create or replace table landing.not_counted as select * from not_counted")
    connection.execute(WITHDRAW)
    connection.execute(CHANGED)
    changed = connection.table("changed_partitions").project("file").fetchall()
    files = [str(landing.root / file) for (file,) in changed]
    for feed, partition in map(by_file.__getitem__, files):
        landing.folder(feed).day(partition)  # rows are proved when they are read, whatever was found whole before
    # Rows have no order; to keep that of thousands of small files takes DuckDB as long as to read and store them.
    connection.execute("set preserve_insertion_order = false")
    for alike in _by_layout({file: by_file[file][1].layout for file in files}):
        left_out = ["filename", *(name for name in connection.read_parquet(alike[0]).columns if name in NOT_LOADED)]
        take_in = TAKE_IN.format(left_out=", ".join(left_out))
        connection.execute(take_in, {"files": alike, "root": f"{landing.root}/"})
    connection.execute("reset preserve_insertion_order")
    connection.execute("create or replace table landing.partitions as select * from effective_partitions")
    return set(files)


def _is_there(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the table exists with these very columns; another version of the program may have had others."""
    try:
        table = connection.table(f"landing.{name}")
    except duckdb.CatalogException:
        return False
    expected = connection.from_arrow(TABLE_SCHEMAS[name].empty_table())
    return (table.columns, table.types) == (expected.columns, expected.types)
