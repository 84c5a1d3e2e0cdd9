"""Laws of the dbt project itself, read from its manifest: contracts, grain, descriptions, tests, and its tidiness."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.warehouse.landing_tables import TABLES
from pipelines.warehouse.transform import PROJECT
from tests.dbt.conftest import transform

MARTS = sorted(path.stem for layer in ("marts", "reports") for path in (PROJECT / "models" / layer).glob("*.sql"))
HANDED_ON = {
    "rpt_forecasts",
    "rpt_forecast_totals",
    "rpt_forecast_status",
    "rpt_forecast_accuracy",
    "rpt_anomalies",
    "rpt_anomaly_days",
    "rpt_anomaly_contributors",
    "rpt_cost_coverage",
    "rpt_comparison_sources",
    "rpt_missing_days",
}
"""Marts that contain what the analytics wrote or a derived model has, with nothing worked out on the way."""
WITH_LOGIC = sorted(
    {
        *MARTS,
        *(path.stem for path in (PROJECT / "models" / "derived").glob("*.sql")),
        "int_price_spans",
        "int_unit_prices",
        "int_usage_sums",
        "int_usage_priced",
        "int_entries_spread",
        "int_usage_and_entries",
        "int_costs_unioned",
        "int_usage_summed",
        "int_usage_fingerprints",
        "int_source_ranks",
        "int_covered_statements",
        "int_sources_chosen",
    }
    - HANDED_ON
)
LOOP = re.compile(r"{%-?\s*(for|set|macro|call|if)\b(?! is_incremental\(\))")


def _model(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    node: dict[str, Any] = manifest["nodes"][f"model.ai_costs.{name}"]
    return node


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_is_a_table(manifest: dict[str, Any], mart: str) -> None:
    assert _model(manifest, mart)["config"]["materialized"] == "table"


@pytest.mark.parametrize("name", WITH_LOGIC)
def test_a_model_with_logic_has_a_unit_test(manifest: dict[str, Any], name: str) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    assert name in tested, f"{name}: add a unit test of two to four rows beside it"


@pytest.mark.e2e
def test_every_unit_test_of_a_model_passes(nothing: Path) -> None:
    assert transform(nothing).prove() == ()


def test_every_model_is_described_beside_its_sql() -> None:
    models = sorted((PROJECT / "models").rglob("*.sql"))
    assert models
    assert [path.name for path in models if not path.with_suffix(".yml").exists()] == []


def test_every_source_has_the_key_that_dagster_knows_it_by(manifest: dict[str, Any]) -> None:
    keys = {
        (source["source_name"], source["name"]): source["config"]["meta"]["dagster"]["asset_key"]
        for source in manifest["sources"].values()
    }
    assert keys == {key: list(key) for key in keys}
    assert {name for schema, name in keys if schema == "landing"} == {"usage_records", *TABLES}


def test_models_are_plain_sql() -> None:
    templated = [path.name for path in (PROJECT / "models").rglob("*.sql") if LOOP.search(path.read_text())]
    assert templated == [], "models call macros and hold no loops: put one in dbt_project/macros"


def test_a_singular_test_says_what_a_returned_row_means() -> None:
    tests = sorted((PROJECT / "tests" / "singular").glob("*.sql"))
    assert tests
    assert [path.name for path in tests if not path.name.startswith("assert_")] == []
    assert [path.name for path in tests if not path.read_text().startswith("-- A returned row means: ")] == []


def test_a_singular_test_is_described_by_its_comment(manifest: dict[str, Any]) -> None:
    def comment(path: Path) -> str:
        lines = itertools.takewhile(lambda line: line.startswith("--"), path.read_text().splitlines())
        return " ".join(line.removeprefix("--").strip() for line in lines)

    comments = {path.stem: comment(path) for path in (PROJECT / "tests" / "singular").glob("*.sql")}
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    described = {node["name"]: node["description"] for node in nodes if "test_metadata" not in node}
    assert described == comments


@pytest.mark.e2e
def test_the_documentation_site_is_written_outside_the_project(nothing: Path) -> None:
    before = sorted(PROJECT.rglob("*"))
    page = transform(nothing).document()
    assert "What AI use costs" in page.read_text(encoding="utf-8")
    assert sorted(PROJECT.rglob("*")) == before


@pytest.mark.parametrize(
    "path",
    sorted(path for path in PROJECT.rglob("*.yml") if not {"target", "logs"} & set(path.relative_to(PROJECT).parts)),
    ids=lambda path: path.stem,
)
def test_no_key_of_a_yaml_file_is_given_twice(path: Path):
    """Of two, YAML takes the last without a word: one half of the variables was lost so."""
    assert list(_repeated_keys(yaml.compose(path.read_text(encoding="utf-8")))) == []


def _repeated_keys(node: yaml.Node | None) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value]
        yield from sorted({name for name in names if names.count(name) > 1})
        for _, value in node.value:
            yield from _repeated_keys(value)
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
