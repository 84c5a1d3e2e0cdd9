"""A build before there is anything: no record, no price, no feed, no forecast."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb

EMPTY = (
    "fct_usage",
    "fct_costs",
    "rpt_daily_costs",
    "rpt_converted_costs",
    "rpt_comparison_sources",
    "rpt_comparison_gaps",
    "rpt_monthly_comparisons",
    "rpt_cost_drivers",
    "rpt_model_costs",
    "rpt_source_freshness",
    "rpt_budget_status",
    "dim_models",
    "dim_accounts",
)


def test_a_build_of_nothing_passes_and_holds_nothing(nothing: Path) -> None:
    with closing(duckdb.connect(nothing, read_only=True)) as connection:
        counts = {name: connection.table(name).count("*").fetchall()[0][0] for name in EMPTY}
        build = connection.table("rpt_build").project("build_id, currency, first_day, last_day").fetchall()
    assert counts == dict.fromkeys(EMPTY, 0)
    assert build == [("build-1", "USD", None, None)]


def test_the_first_step_does_without_forecasts(nothing: Path) -> None:
    with closing(duckdb.connect(nothing, read_only=True)) as connection:
        names = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert "rpt_daily_costs" in names
    assert not {name for name in names if name.startswith(("rpt_forecast", "rpt_anomalies"))}
