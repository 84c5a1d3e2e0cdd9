"""The layers of the dbt project, read from its manifest: what reads what, and what every model of a layer has."""

from __future__ import annotations

from typing import Any

import pytest

LAYERS = ("staging", "intermediate", "marts", "derived", "reports")
"""The folders below models/, in the order in which they are built."""
PREFIXES = {
    "staging": ("stg_landing__", "stg_forecasts__"),
    "intermediate": ("int_",),
    "marts": ("fct_", "dim_"),
    "derived": ("int_",),
    "reports": ("rpt_",),
}
WITH_CONTRACT = ("marts", "reports")
KEY_TESTS = {"unique", "unique_combination", "unique_apart_from"}
SAY_THEMSELVES = {"not_null", "unique", "accepted_values"}
"""dbt's tests, whose names say what they test."""
Manifest = dict[str, Any]


def models(manifest: Manifest) -> dict[str, Any]:
    return {id_: node for id_, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def layer(model: dict[str, Any]) -> str:
    """The folder of a model below models/."""
    return str(model["fqn"][1])


def edges_backwards(manifest: Manifest) -> list[str]:
    """Every model that reads a model of a later layer."""
    known = models(manifest)
    return sorted(
        f"{model['name']} ({layer(model)}) reads {known[id_]['name']} ({layer(known[id_])})"
        for model in known.values()
        for id_ in model["depends_on"]["nodes"]
        if id_ in known and LAYERS.index(layer(known[id_])) > LAYERS.index(layer(model))
    )


def readers_of_sources(manifest: Manifest) -> list[str]:
    """Every model outside staging that reads a source."""
    return sorted(
        model["name"]
        for model in models(manifest).values()
        if layer(model) != "staging" and any(id_.startswith("source.") for id_ in model["depends_on"]["nodes"])
    )


def too_late(manifest: Manifest) -> list[str]:
    """Every derived model that reads neither a fact, a dimension nor another derived model."""
    known = models(manifest)
    return sorted(
        model["name"]
        for model in known.values()
        if layer(model) == "derived"
        and not any(layer(known[id_]) in {"marts", "derived"} for id_ in model["depends_on"]["nodes"] if id_ in known)
    )


def misplaced(manifest: Manifest) -> list[str]:
    """Every model whose name is not one of its folder."""
    return sorted(
        f"{layer(model)}/{model['name']}"
        for model in models(manifest).values()
        if not model["name"].startswith(PREFIXES.get(layer(model), ()))
    )


def without_grain(manifest: Manifest) -> list[str]:
    """Every model whose description does not begin with what a row is."""
    return sorted(
        model["name"] for model in models(manifest).values() if not model["description"].startswith("One row")
    )


def without_key_test(manifest: Manifest) -> list[str]:
    """Every model without a test that its key is unique."""
    tests = (node for node in manifest["nodes"].values() if node["resource_type"] == "test")
    tested = {test.get("attached_node") for test in tests if test.get("test_metadata", {}).get("name") in KEY_TESTS}
    return sorted(model["name"] for id_, model in models(manifest).items() if id_ not in tested)


def without_contract(manifest: Manifest) -> list[str]:
    """Every column of a mart that lacks a description or a type, and every mart without an enforced contract."""
    marts = [model for model in models(manifest).values() if layer(model) in WITH_CONTRACT]
    open_ = [model["name"] for model in marts if not (model["config"]["contract"]["enforced"] and model["columns"])]
    return sorted(
        [
            *open_,
            *(
                f"{model['name']}.{column['name']}"
                for model in marts
                for column in model["columns"].values()
                if not (column["description"] and column["data_type"])
            ),
        ]
    )


def without_description(manifest: Manifest) -> list[str]:
    """Every test of data that does not say what it tests."""
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    return sorted(
        test["name"]
        for test in tests
        if test.get("test_metadata", {}).get("name") not in SAY_THEMSELVES and not test["description"]
    )


def not_public(manifest: Manifest) -> list[str]:
    """Every mart that others may not build on, and every other model that they may."""
    return sorted(
        model["name"]
        for model in models(manifest).values()
        if (model["access"] == "public") != (layer(model) in WITH_CONTRACT)
    )


LAWS = [
    (edges_backwards, "move the model to a later layer, or what it reads to an earlier one"),
    (readers_of_sources, "read its staging model instead"),
    (too_late, "it belongs in models/intermediate"),
    (misplaced, "the prefix of a name says its layer"),
    (without_grain, "begin its description with 'One row per …'"),
    (without_description, "describe the test: what must be so"),
    (not_public, "access is public in marts and reports, and nowhere else"),
    (without_contract, "marts and reports have an enforced contract, with a description and a data_type per column"),
]


@pytest.mark.parametrize(("law", "advice"), LAWS, ids=[law.__name__ for law, _ in LAWS])
def test_every_model_keeps_the_law(manifest: Manifest, law: Any, advice: str) -> None:
    broken = law(manifest)
    assert broken == [], advice


def test_every_model_has_a_unique_key(manifest: Manifest) -> None:
    assert without_key_test(manifest) == [], f"test its key with one of {sorted(KEY_TESTS)}"


def made_up(name: str, folder: str, *reads: str, **more: Any) -> tuple[str, dict[str, Any]]:
    node = {
        "resource_type": "model",
        "name": name,
        "fqn": ["ai_costs", folder, name],
        "depends_on": {"nodes": list(reads)},
        "description": "One row per day.",
        "config": {"contract": {"enforced": True}},
        "access": "public" if folder in WITH_CONTRACT else "protected",
        "columns": {"day": {"name": "day", "description": "UTC day", "data_type": "date"}},
    }
    return f"model.ai_costs.{name}", node | more


@pytest.mark.parametrize(
    ("law", "node", "complaint"),
    [
        (
            edges_backwards,
            made_up("int_days", "intermediate", "model.ai_costs.fct_days"),
            "int_days (intermediate) reads fct_days (marts)",
        ),
        (
            edges_backwards,
            made_up("fct_more", "marts", "model.ai_costs.rpt_days"),
            "fct_more (marts) reads rpt_days (reports)",
        ),
        (readers_of_sources, made_up("rpt_raw", "reports", "source.ai_costs.forecasts.daily"), "rpt_raw"),
        (too_late, made_up("int_early", "derived", "model.ai_costs.stg_landing__days"), "int_early"),
        (misplaced, made_up("rpt_days2", "marts"), "marts/rpt_days2"),
        (without_grain, made_up("fct_x", "marts", description="Holds days."), "fct_x"),
        (not_public, made_up("fct_x", "marts", access="protected"), "fct_x"),
        (not_public, made_up("int_x", "derived", access="public"), "int_x"),
        (without_contract, made_up("fct_x", "marts", config={"contract": {"enforced": False}}), "fct_x"),
        (without_contract, made_up("rpt_x", "reports", columns={}), "rpt_x"),
        (
            without_contract,
            made_up("rpt_x", "reports", columns={"day": {"name": "day", "description": "", "data_type": "date"}}),
            "rpt_x.day",
        ),
    ],
)
def test_a_model_against_a_law_is_named(law: Any, node: tuple[str, dict[str, Any]], complaint: str) -> None:
    sound = [
        made_up("stg_landing__days", "staging", "source.ai_costs.landing.days"),
        made_up("int_sums", "intermediate", "model.ai_costs.stg_landing__days"),
        made_up("fct_days", "marts", "model.ai_costs.int_sums"),
        made_up("int_months", "derived", "model.ai_costs.fct_days"),
        made_up("rpt_days", "reports", "model.ai_costs.int_months", "model.ai_costs.fct_days"),
    ]
    assert law({"nodes": dict(sound)}) == []
    assert law({"nodes": dict([*sound, node])}) == [complaint]


def test_a_model_without_a_key_test_is_named() -> None:
    keyed, bare = made_up("fct_a", "marts"), made_up("fct_b", "marts")
    test = {"resource_type": "test", "attached_node": keyed[0], "test_metadata": {"name": "unique"}}
    empty = {"resource_type": "test", "attached_node": bare[0], "test_metadata": {"name": "not_null"}}
    assert without_key_test({"nodes": {**dict([keyed, bare]), "t1": test, "t2": empty}}) == ["fct_b"]


def test_a_test_without_a_description_is_named() -> None:
    described = {"resource_type": "test", "name": "a", "description": "No cent is lost."}
    plain = {"resource_type": "test", "name": "b", "description": "", "test_metadata": {"name": "not_null"}}
    bare = {"resource_type": "test", "name": "c", "description": ""}
    assert without_description({"nodes": {"1": described, "2": plain, "3": bare}}) == ["c"]
