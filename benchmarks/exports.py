"""Exporting rows of fct_costs in each format, against raw COPY as the limit and row-by-row CSV from SQLite.

    python -m benchmarks.exports [--rows 1000000]

The peer is what a web application with a database behind it usually does: a cursor, csv.writer, one row at a time.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure, show
from pipelines.exports import formats

MAKE = """
attach '{file}' as made;
create schema if not exists made.main;
create table made.main.rpt_build as select 'benchmark' as build_id, false as is_sample;
create table made.main.dim_models as
select 'provider-' || n as provider, 'model-' || m as model_id, 'vendor' as vendor
from range(5) as p (n), range(40) as q (m);
create table made.main.fct_costs as
select
    md5(n::varchar) as cost_id,
    date '2026-01-01' + (n % 365)::integer as cost_date,
    'api' as source_kind,
    'openai_costs' as source,
    'acme' as feed,
    'account-' || n % 7 as account_name,
    null::varchar as host,
    'provider-' || n % 5 as provider,
    'model-' || n % 40 as model_id,
    'project ' || n % 200 as project,
    'Usage' as charge_category,
    null::varchar as entry_category,
    (n % 1000003 * 0.000001)::decimal(38, 12) as cost_amount,
    'USD' as currency,
    'spend' as cost_kind,
    'provider_reported' as cost_basis,
    'reported' as price_status,
    null::varchar as price_version,
    n % 90 as requests,
    n % 9000 as input_uncached_tokens,
    n % 80000 as cache_read_tokens,
    null::bigint as cache_write_5m_tokens,
    null::bigint as cache_write_1h_tokens,
    null::bigint as cache_write_other_tokens,
    n % 700 as output_tokens,
    null::bigint as unsplit_tokens,
    n % 89700 as total_tokens,
    null::varchar as entry_id,
    null::varchar as note,
    null::varchar as source_file,
    false as is_provisional,
    false as is_sample,
    timestamptz '2026-11-23 00:00:00+00' as observed_at
from range({rows}) as rows (n)
order by cost_date, source_kind, provider, cost_id;
detach made;
"""

RUN = "import sys, duckdb; duckdb.connect().execute(sys.argv[1])"
EXPORT = """
import sys
from pathlib import Path
from pipelines.exports.choice import ExportFilter
from pipelines.exports.costs import export_costs
from pipelines.warehouse.files import Warehouse
file, folder, name = sys.argv[1:]
with Warehouse(Path(file), Path(file)).reading() as connection:
    export_costs(connection, Path(folder), "costs", name, ExportFilter())
"""
RAW = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
rows = connection.table("main.fct_costs").order("cost_date, source_kind, provider, cost_id")
rows.write_csv(sys.argv[2])
"""
PEER = """
import csv, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
cursor = connection.execute("select * from fct_costs order by cost_date, source_kind, provider, cost_id")
with open(sys.argv[2], "w", newline="") as handle:
    writer = csv.writer(handle)
    writer.writerow([column[0] for column in cursor.description])
    for row in cursor:
        writer.writerow(row)
"""
TO_SQLITE = """
import sqlite3, sys, duckdb
source = duckdb.connect(sys.argv[1], read_only=True)
target = sqlite3.connect(sys.argv[2])
rows = source.execute("select * exclude (cost_amount, cost_date, observed_at), cost_amount::varchar as cost_amount, "
                      "cost_date::varchar as cost_date, observed_at::varchar as observed_at from main.fct_costs")
names = [column[0] for column in rows.description]
target.execute("create table fct_costs (" + ", ".join(names) + ")")
while batch := rows.fetchmany(50_000):
    target.executemany("insert into fct_costs values (" + ", ".join("?" * len(names)) + ")", batch)
target.commit()
"""


def main() -> None:
    """Measure every format, the limit and the peer over the same rows, each in a separate process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database, copy = Path(folder) / "published.duckdb", Path(folder) / "peer.sqlite"
        python = [sys.executable, "-c"]
        # in a separate process: the peak memory of a child counts from what its parent had when it began.
        measure("making the rows", [*python, RUN, MAKE.format(file=database, rows=chosen.rows)], repeats=1)
        measured = [measure("raw COPY, CSV", [*python, RAW, str(database), f"{folder}/raw.csv"], limit="the limit")]
        measured += [measure(name, [*python, EXPORT, str(database), folder, name]) for name in formats()]
        measure("copying to SQLite", [*python, TO_SQLITE, str(database), str(copy)], repeats=1)
        peer = measure("csv.writer from SQLite", [*python, PEER, str(copy), f"{folder}/peer.csv"], limit="the peer")
        measured.append(peer)
    show(f"Exports of {chosen.rows:,} rows", measured)


if __name__ == "__main__":
    main()
