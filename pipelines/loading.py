"""Landed records in the working file: what changed since they were last loaded is read, the rest stays as it is.

Belongs here: which partitions are read, withdrawn or kept. Does not: how settings and prices get there (warehouse.py),
or what a row means (dbt_project/).
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from pipelines.domain.records import LANDING_SCHEMA
from pipelines.landing import InForce, LandingStore
from pipelines.landing.in_force import listed
from pipelines.warehouse import TABLES

TABLE_SCHEMAS = {
    "partitions": TABLES["partitions"],
    "usage_records": pa.schema(
        [*LANDING_SCHEMA, *(TABLES["partitions"].field(name) for name in ("feed", "partition_day", "observed_at"))]
    ),
}
"""The dbt sources: each partition in force, and each landed row with its feed, its day and when it was observed."""

EVERYTHING = InForce()
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
    anti join in_force using (source_kind, source, feed, partition_day, sha256, observed_at, counted_as)
) as gone
where
    records.source_kind = gone.source_kind
    and records.source = gone.source
    and records.feed = gone.feed
    and records.partition_day = gone.partition_day
"""
CHANGED = """
create or replace temp table changed_partitions as
select * from in_force
anti join landing.partitions using (source_kind, source, feed, partition_day, sha256, observed_at, counted_as)
"""
TAKE_IN = """
insert into landing.usage_records by name
select
    records.* exclude (filename)
        replace (coalesce(changed.account_name, renamed.account_name, records.account_name) as account_name),
    changed.feed,
    changed.partition_day,
    changed.observed_at
from read_parquet($files, filename = true) as records
inner join changed_partitions as changed on records.filename = changed.file
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


def load_landing(connection: duckdb.DuckDBPyConnection, landing: LandingStore, in_force: InForce = EVERYTHING) -> int:
    """Make landing.usage_records and landing.partitions what counts of landing; give how many rows that are.

    Every file's hash is checked first. Both tables change together or not at all, with landing.not_counted, which
    lists what is left out. A working file that was loaded before takes in the partitions whose content is another
    now, or is counted otherwise, and gives up those that are no more.

    Raises:
        LandingError: a file is missing or was changed.
    """
    files = landing.verify()
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
            "file": str(path),
            "sha256": partition.sha256,
            "account_name": in_force.account_names.get(feed),
            "counted_as": in_force.reading_of(feed, partition.day) or "",
        }
        for feed, partition, path in files
        if in_force.counts(feed, partition.day)
    ]
    left_out = [
        dict(zip(NOT_COUNTED.names, (feed.source_kind, feed.source, feed.name, day, key), strict=True))
        for feed, day, key in listed(in_force)
    ]
    former = [dict(zip(RENAMED.names, names, strict=True)) for names in in_force.former_names]
    connection.register("renamed_accounts", pa.Table.from_pylist(former, schema=RENAMED))
    connection.register("not_counted", pa.Table.from_pylist(left_out, schema=NOT_COUNTED))
    connection.register("in_force", pa.Table.from_pylist(rows, schema=TABLE_SCHEMAS["partitions"]))
    connection.begin()
    try:
        _load(connection)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    for name in ("in_force", "renamed_accounts", "not_counted"):
        connection.unregister(name)
    return int(connection.table("landing.usage_records").aggregate("count(*)").fetchall()[0][0])


def _load(connection: duckdb.DuckDBPyConnection) -> None:
    if not all(_is_there(connection, name) for name in TABLE_SCHEMAS):
        connection.execute("create schema if not exists landing")
        for name, schema in TABLE_SCHEMAS.items():
            connection.register("empty_table", schema.empty_table())
            connection.execute(f"create or replace table landing.{name} as select * from empty_table")  # noqa: S608 - a key of TABLE_SCHEMAS
            connection.unregister("empty_table")
    connection.execute("create or replace table landing.not_counted as select * from not_counted")
    connection.execute(WITHDRAW)
    connection.execute(CHANGED)
    files = [file for (file,) in connection.table("changed_partitions").project("file").fetchall()]
    if files:
        connection.execute(TAKE_IN, {"files": files})
    connection.execute("create or replace table landing.partitions as select * from in_force")


def _is_there(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the table exists with these very columns; another version of the program may have had others."""
    try:
        table = connection.table(f"landing.{name}")
    except duckdb.CatalogException:
        return False
    expected = connection.from_arrow(TABLE_SCHEMAS[name].empty_table())
    return (table.columns, table.types) == (expected.columns, expected.types)
