"""A build on top of an earlier one has the very rows that a build from nothing has, and sums only what changed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.dbt.company import CHEAPER, COMPANY, DATES, JAN_5, PRICES
from tests.dbt.conftest import BEFORE_FORECASTS, built, copied, transform
from tests.dbt.landed import Landed, used

LATER = replace(
    COMPANY,
    records=[
        *(record for record in COMPANY.records if record not in DATES and record.account_name != "replaced"),
        used("dates", CHEAPER, input_uncached_tokens=1),
        used("tiers", JAN_5, input_uncached_tokens=7, host="ci-9"),
    ],
)
"""A day of one feed is restated, the day before is withdrawn, and a feed is new."""

REPRICED = replace(
    LATER,
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


@pytest.fixture(scope="module")
def continued(company: Path) -> Path:
    """The company's database after a build on top, with partitions restated, added and withdrawn."""
    database = copied(company, "continued")
    LATER.write(database)
    assert transform(database).build(*BEFORE_FORECASTS).failures == ()
    return database


@pytest.mark.parametrize("landed", [LATER, REPRICED], ids=["landed anew", "with other prices"])
def test_a_build_on_top_has_the_rows_of_a_build_from_nothing(
    continued: Path, landed: Landed, request: pytest.FixtureRequest
):
    name = request.node.callspec.id.replace(" ", "_")
    if landed is REPRICED:
        continued = copied(continued, f"{name}_on_top")
        landed.write(continued)
        assert transform(continued).build(*BEFORE_FORECASTS).failures == ()
    anew = built(landed, continued.parent.parent / f"{name}_anew" / "working.duckdb")
    assert contents(continued) == contents(anew)


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
