"""The tests of the data fail when the data is wrong, and name what is wrong.

In a build, a test that fails skips what lies downstream of the tables it looks at, other tests included.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.dbt.conftest import copied, transform
from tests.dbt.landed import Landed, price
from tests.dbt.test_layers import KEY_TESTS

pytestmark = pytest.mark.e2e

SINGULAR = ("--select", "test_type:singular", "--indirect-selection", "cautious")


@pytest.mark.parametrize(
    ("damage", "broken"),
    [
        (
            "delete from fct_costs where account_name = 'currencies' and currency = 'EUR'",
            {
                "assert_landed_amounts_equal_costs",
                "assert_daily_costs_equal_costs",
                "assert_model_costs_equal_costs",
                "assert_months_reconcile_all_days",
                "assert_allocations_equal_costs",
                "assert_converted_costs_equal_costs",
                "assert_local_days_equal_costs",
            },
        ),
        (
            "update fct_costs set cost_amount = cost_amount + 0.000000000001 where host = 'ci-7'",
            {
                "assert_list_prices_equal_costs",
                "assert_daily_costs_equal_costs",
                "assert_model_costs_equal_costs",
                "assert_allocations_equal_costs",
                "assert_converted_costs_equal_costs",
                "assert_local_days_equal_costs",
            },
        ),
        (
            "update fct_usage set total_tokens = total_tokens + 1 where project = 'at'",
            {"assert_usage_and_costs_count_the_same_tokens", "assert_hours_equal_usage"},
        ),
        (
            "update rpt_monthly_comparisons set current_amount = current_amount + 0.000000000001",
            {
                "assert_finished_months_equal_costs",
                "assert_dimensions_equal_totals",
                "assert_sources_equal_comparisons",
            },
        ),
        (
            "delete from fct_cost_candidates where not is_chosen",
            {"assert_list_prices_equal_costs", "assert_landed_tokens_equal_costs"},
        ),
        (
            "update rpt_cost_center_statement set cost_amount = cost_amount + 0.000000000001",
            {"assert_cost_centers_equal_costs"},
        ),
        (
            "delete from rpt_comparison_sources where not is_compared",
            {"assert_sources_equal_comparisons"},
        ),
        (
            "update rpt_cost_drivers set price_amount = price_amount + 0.000000000001",
            {"assert_drivers_equal_changes"},
        ),
        (
            "update rpt_converted_costs set converted_amount = 0 where conversion_status = 'same'",
            {"assert_converted_costs_equal_costs"},
        ),
        (
            "update rpt_price_restatements set as_billed_amount = as_billed_amount + 0.000000000001",
            {"assert_price_restatements_equal_usage"},
        ),
        ("delete from rpt_source_freshness where feed = 'manual'", {"assert_every_feed_has_freshness"}),
    ],
    ids=[
        "lost entry",
        "changed amount",
        "changed tokens",
        "changed month",
        "forgotten rows",
        "changed statement",
        "hidden source",
        "changed driver",
        "changed conversion",
        "changed restatement",
        "feed without freshness",
    ],
)
def test_a_figure_that_does_not_add_up_fails_the_build(company: Path, damage: str, broken: set[str]) -> None:
    copy = copied(company, "damaged")
    with closing(duckdb.connect(copy)) as connection:
        connection.execute(damage)
    failures = transform(copy).build(*SINGULAR).failures
    assert {failure.split(":")[0].split(".")[2] for failure in failures} == broken


def test_two_prices_for_one_use_and_moment_fail_the_build(dbt_state: Path) -> None:
    twice = Landed(tables={"unit_prices": [price("output_tokens", "15"), price("output_tokens", "16")]})
    database = dbt_state / "priced_twice" / "working.duckdb"
    database.parent.mkdir()
    twice.write(database)
    failures = transform(database).build("--select", "stg_landing__unit_prices").failures
    assert [failure.split(":")[0].split(".")[2] for failure in failures] == [
        "stg_landing__unit_prices__one_row_per_grain"
    ]


def test_every_key_test_finds_a_row_that_is_there_twice(company: Path, manifest: dict[str, Any]) -> None:
    nodes = manifest["nodes"]
    tests = [node for node in nodes.values() if (node.get("test_metadata") or {}).get("name") in KEY_TESTS]
    compiled_tests = {path.name: path for path in (company.parent.parent / "target" / "compiled").rglob("*.yml/*.sql")}
    with closing(duckdb.connect(copied(company, "doubled"))) as connection:
        relations = connection.sql("select table_name from information_schema.tables where table_schema = 'main'")
        filled = {name for (name,) in relations.fetchall() if connection.table(f"main.{name}").limit(1).fetchall()}
        keys = [node for node in tests if nodes[node["attached_node"]]["name"] in filled]
        queries = {node["name"]: compiled_tests[Path(node["path"]).name].read_text() for node in keys}
        found = {name for name, query in queries.items() if connection.execute(query).fetchall()}
        for (table,) in connection.sql("select schema_name || '.' || table_name from duckdb_tables()").fetchall():
            connection.execute(f"insert into {table} select * from {table} limit 1")  # noqa: S608 - a table of this test
        found_twice = {name for name, query in queries.items() if connection.execute(query).fetchall()}
    assert found == set()
    assert found_twice == queries.keys()
    assert len(queries) > 50
