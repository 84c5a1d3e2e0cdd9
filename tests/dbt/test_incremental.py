"""A build on top of an earlier one has the very rows that a build from nothing has, and sums only what changed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb

from tests.dbt.company import CHEAPER, COMPANY, DATES, JAN_5, PRICES
from tests.dbt.conftest import BEFORE_FORECASTS, built, copied, transform
from tests.dbt.landed import used

LATER = replace(
    COMPANY,
    records=[
        *(record for record in COMPANY.records if record not in DATES and record.account_name != "replaced"),
        used("dates", CHEAPER, input_uncached_tokens=1),
        used("tiers", JAN_5, input_uncached_tokens=7, host="ci-9"),
    ],
)
"""A day of one feed is restated, the day before is withdrawn, and a feed is new."""

CHANGED = replace(
    LATER,
    timezone="Asia/Kathmandu",
    tables={
        **LATER.tables,
        "unit_prices": [
            {**price, "unit_price": price["unit_price"] * 2, "price_version": "list 2"} for price in PRICES
        ],
    },
)


def contents(database: Path) -> dict[str, list[str]]:
    with closing(duckdb.connect(database, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'main' order by table_name"
            ).fetchall()
        ]
        return {name: sorted(map(str, connection.table(name).fetchall())) for name in names}


def test_a_build_on_top_has_the_rows_of_a_build_from_nothing(company: Path):
    on_top = copied(company, "on_top")
    CHANGED.write(on_top)
    assert transform(on_top).build(*BEFORE_FORECASTS).failures == ()
    assert contents(on_top) == contents(built(CHANGED, on_top.parent.with_name("anew") / "working.duckdb"))


def test_only_what_changed_is_summed_again(company: Path):
    database = copied(company, "marked")
    with closing(duckdb.connect(database)) as connection:
        connection.execute("update int_usage_summed set requests = requests + 1000")
    LATER.write(database)
    only = ("--select", "+int_usage_summed", "--indirect-selection", "empty")
    assert transform(database).build(*only).failures == ()
    with closing(duckdb.connect(database, read_only=True)) as connection:
        summed = connection.table("int_usage_summed").filter("requests < 1000 and not is_costed")
        assert summed.project("feed, usage_date").order("all").fetchall() == [
            ("agent ci-9", JAN_5.date()),
            ("agent laptop", CHEAPER.date()),
        ]
        withdrawn = CHEAPER.date() - timedelta(days=1)
        assert connection.table("int_usage_summed").filter(f"usage_date = '{withdrawn}'").fetchall() == []
