"""A build on top of an earlier one has the very rows that a build from nothing has, and sums only what changed."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.dbt.company import CHANGED, CHEAPER, JAN_5, LATER
from tests.dbt.conftest import BEFORE_FORECASTS, contents, copied, transform

pytestmark = pytest.mark.e2e


def test_a_build_on_top_has_the_rows_of_a_build_from_nothing(company: Path, changed: Path):
    on_top = copied(company, "on_top")
    CHANGED.write(on_top)
    assert transform(on_top).build(*BEFORE_FORECASTS).failures == ()
    assert contents(on_top) == contents(changed)


def test_only_what_changed_is_summed_again(company: Path):
    database = copied(company, "marked")
    with closing(duckdb.connect(database)) as connection:
        connection.execute("update int_usage_sums set requests = requests + 1000")
    LATER.write(database)
    only = ("--select", "+int_usage_sums", "--indirect-selection", "empty")
    assert transform(database).build(*only).failures == ()
    with closing(duckdb.connect(database, read_only=True)) as connection:
        days = connection.table("int_usage_sums").filter("sum_grain = 'day'")
        summed = days.filter("requests < 1000 and not is_costed")
        assert summed.project("feed, usage_date").order("all").fetchall() == [
            ("agent ci-9", JAN_5.date()),
            ("agent laptop", CHEAPER.date()),
        ]
        withdrawn = CHEAPER.date() - timedelta(days=1)
        assert connection.table("int_usage_sums").filter(f"usage_date = '{withdrawn}'").fetchall() == []
