"""Laws of the dbt project itself, read from its manifest: contracts, grain, descriptions, tests, and its tidiness."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse.landing_tables import TABLES
from pipelines.warehouse.transform import PROJECT
from tests.dbt.conftest import transform

MARTS = sorted(path.stem for path in (PROJECT / "models" / "marts").glob("*.sql"))
HANDED_ON = {"rpt_forecasts", "rpt_forecast_totals", "rpt_forecast_status", "rpt_anomalies"}
"""Marts that hold what the analytics wrote, with nothing worked out on the way."""
WITH_LOGIC = sorted(
    {
        *MARTS,
        "int_prices_widened",
        "int_usage_priced",
        "int_entries_spread",
        "int_usage_and_entries",
        "int_costs_unioned",
        "int_usage_summed",
        "int_usage_fingerprints",
        "int_sources_chosen",
    }
    - HANDED_ON
)
LOOP = re.compile(r"{%-?\s*(for|set|macro|call|if)\b(?! is_incremental\(\))")


def _model(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    node: dict[str, Any] = manifest["nodes"][f"model.ai_costs.{name}"]
    return node


def _tests(manifest: dict[str, Any], name: str) -> list[dict[str, Any]]:
    unique_id = f"model.ai_costs.{name}"
    return [node for node in manifest["nodes"].values() if node.get("attached_node") == unique_id]


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_keeps_a_contract_with_every_column_described(manifest: dict[str, Any], mart: str) -> None:
    model = _model(manifest, mart)
    unclear = [
        name for name, column in model["columns"].items() if not column["description"] or not column["data_type"]
    ]
    assert model["config"]["contract"]["enforced"], f"{mart}: enforce its contract"
    assert model["config"]["materialized"] == "table"
    assert unclear == [], f"{mart}: describe these columns in models/docs.md, once, and give their data_type"


@pytest.mark.parametrize("mart", MARTS)
def test_a_mart_says_its_grain_and_holds_it(manifest: dict[str, Any], mart: str) -> None:
    assert _model(manifest, mart)["description"].startswith("One row per "), f"{mart}: open with its grain"
    kinds = {test["test_metadata"]["name"] for test in _tests(manifest, mart)}
    assert kinds & {"unique", "unique_combination"}, f"{mart}: test that its grain is unique"


@pytest.mark.parametrize("name", WITH_LOGIC)
def test_a_model_with_logic_has_a_unit_test(manifest: dict[str, Any], name: str) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    assert name in tested, f"{name}: add a unit test of two to four rows beside it"


def test_every_unit_test_of_a_model_passes(nothing: Path) -> None:
    assert transform(nothing).prove() == ()


def test_every_model_is_described_beside_its_sql() -> None:
    models = sorted((PROJECT / "models").rglob("*.sql"))
    assert models
    assert [path.name for path in models if not path.with_suffix(".yml").exists()] == []


def test_every_described_model_says_what_it_holds(manifest: dict[str, Any]) -> None:
    models = {id_: node for id_, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    assert [id_ for id_, node in models.items() if not node["description"].startswith("One row")] == []


def test_only_staging_reads_landing(manifest: dict[str, Any]) -> None:
    readers = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and any("source.ai_costs.landing" in id_ for id_ in node["depends_on"]["nodes"])
    }
    assert {name for name in readers if not name.startswith("stg_landing__")} == set()


def test_every_source_has_the_key_that_dagster_knows_it_by(manifest: dict[str, Any]) -> None:
    keys = {
        (source["source_name"], source["name"]): source["config"]["meta"]["dagster"]["asset_key"]
        for source in manifest["sources"].values()
    }
    assert keys == {key: list(key) for key in keys}
    assert {name for schema, name in keys if schema == "landing"} == {"usage_records", *TABLES}


def test_models_are_plain_sql() -> None:
    templated = [path.name for path in (PROJECT / "models").rglob("*.sql") if LOOP.search(path.read_text())]
    assert templated == [], "models hold ref, source and is_incremental only: write the SQL out"


def test_a_singular_test_says_what_a_returned_row_means() -> None:
    tests = sorted((PROJECT / "tests" / "singular").glob("*.sql"))
    assert tests
    assert [path.name for path in tests if not path.name.startswith("assert_")] == []
    assert [path.name for path in tests if not path.read_text().startswith("-- A returned row means: ")] == []


@pytest.mark.e2e
def test_the_documentation_site_is_written_outside_the_project(nothing: Path) -> None:
    before = sorted(PROJECT.rglob("*"))
    page = transform(nothing).document()
    assert "What AI use costs" in page.read_text(encoding="utf-8")
    assert sorted(PROJECT.rglob("*")) == before
