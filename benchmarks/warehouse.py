"""Building the warehouse from millions of landed usage records, and again after one more day of them.

    python -m benchmarks.warehouse [--records 10000000]

The records are replies of coding agents as their sources land them, one row each, over two years, no two machines with
the same ones; the last day comes after the first build. Both builds are the whole of what a person waits for: hashes
checked, models built and tested, conservation proved, published, with exports and the report.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from benchmarks.measure import measure, show
from pipelines.domain.records import LANDING_SCHEMA
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed, LandingStore
from pipelines.warehouse.opening import scratch

COMMAND = str(Path(sys.executable).with_name("ai-costs"))
DAYS = 730
FEEDS = tuple((source, f"build-{host}") for source in ("claude_code", "codex") for host in range(4))
MAKE = """
select
    md5(concat_ws('/', $source, $host, $day, n)) as record_key,
    'local' as source_kind,
    $source as source,
    'usage' as record_kind,
    $source as account_name,
    if($source = 'codex', 'openai', 'anthropic') as provider,
    $host as host,
    $day::timestamptz + to_seconds(n * 86399 // $rows) as period_start,
    period_start + interval 1 second as period_end,
    'event' as grain,
    'project-' || (n // 3 % 12) as project,
    list_extract(
        if($source = 'codex',
            ['gpt-5', 'gpt-5-mini', 'gpt-5.1-codex'],
            ['claude-opus-4-5', 'claude-sonnet-4-5', 'claude-haiku-4-5']),
        (n * 5 % 3) + 1
    ) as model_raw,
    concat_ws('-', 'session', $host, $day, n // 40) as session_id,
    concat_ws('-', 'message', $host, $day, n) as message_id,
    n as row_ordinal,
    1 as requests,
    n % 4000 as input_uncached_tokens,
    n * 31 % 90000 as cache_read_tokens,
    n * 17 % 9000 as cache_write_5m_tokens,
    n * 13 % 3000 as output_tokens,
    'Usage' as charge_category,
    false as replaces_source
from range($rows) as made (n)
order by record_key
"""


def land(landing: LandingStore, days: list[date], rows: int) -> None:
    """Land `rows` records for each feed and day."""
    now = datetime.now(UTC)
    with scratch() as connection:
        for source, host in FEEDS:
            partitions = {}
            for day in days:
                values = {"source": source, "host": host, "day": day, "rows": rows}
                made = connection.sql(MAKE, params=values).to_arrow_table()
                absent = [field for field in LANDING_SCHEMA if field.name not in made.column_names]
                for field in absent:
                    made = made.append_column(field, pa.nulls(rows, field.type))
                partitions[day] = made.select(LANDING_SCHEMA.names).cast(LANDING_SCHEMA)
            landing.replace(Feed(SourceKind.LOCAL, source, host), partitions, cursor={}, now=now)


def main() -> None:
    """Land all days but the last, build, land the last, run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    rows = chosen.records // DAYS // len(FEEDS)
    last = datetime.now(UTC).date() - timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "data"
        landing = LandingStore(home / "landing")
        land(landing, [last - timedelta(days=back) for back in range(chosen.repeats, DAYS)], rows)
        environment = {**os.environ, "HOME": folder, "AI_COSTS_HOME": str(home)}
        environment.pop("CLAUDE_CONFIG_DIR", None)
        full = measure(
            "full build", [COMMAND, "rebuild"], environment=environment, repeats=chosen.repeats, limit="120 s, 4 GB"
        )
        coming = iter(range(chosen.repeats - 1, -1, -1))
        one_more = measure(
            "one more day",
            [COMMAND, "run"],
            environment=environment,
            repeats=chosen.repeats,
            before=lambda: land(landing, [last - timedelta(days=next(coming))], rows),
            limit="15 s",
        )
    show(f"{rows * DAYS * len(FEEDS):,} usage records in {len(FEEDS)} feeds and {DAYS} days", [full, one_more])


if __name__ == "__main__":
    main()
