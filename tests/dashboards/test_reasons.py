"""Why the whole changed: the exact parts of the comparison, and the models that changed most."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from dashboards.context import read_context
from dashboards.panels import discover
from tests.dashboards import published, scenarios
from tests.dashboards.published import Published

PARTS = ("volume", "mix", "price", "new", "gone", "other")


def _reasons(tmp_path: Path, content: Published, *statements: str) -> list[dict[str, Any]]:
    database = published.write(tmp_path / "published.duckdb", content)
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)
        context = read_context(connection)
        panel = next(panel for panel in discover() if panel.id == "comparison")
        cursor = connection.execute(panel.query)
        columns = [column[0] for column in cursor.description]
        view = panel.prepare([dict(zip(columns, row, strict=True)) for row in cursor.fetchall()], context)
        assert view is not None
        reasons: list[dict[str, Any]] = view.values["reasons"]
        return reasons


def _driver(model: str | None, kind: str, ratios: tuple[str, str] = ("null", "null"), **amounts: int) -> str:
    listed = ", ".join(str(amounts.get(part, 0)) for part in PARTS)
    change = sum(amounts.values())
    name = "null" if model is None else f"'{model}'"
    return (
        "insert into rpt_cost_drivers values ('month_to_date', '2026-11-01', 'total', 'total', 'spend', "  # noqa: S608
        f"'USD', 'openai', {name}, 0, 0, {change}, '{kind}', {listed}, {ratios[0]}, {ratios[1]})"
    )


def test_the_parts_sum_to_the_change_and_the_models_that_changed_most_say_why(tmp_path: Path):
    drivers = [
        _driver("m", "tokens", ("2", "-0.25"), volume=40, mix=10, price=-15),
        _driver("n", "tokens", ("0", "0"), volume=20, mix=-20),
        _driver("young", "new", new=30),
        _driver("old", "gone", gone=-9),
        _driver(None, "other", other=-12),
    ]
    spend = _reasons(tmp_path, scenarios.company(), "delete from rpt_cost_drivers", *drivers)[0]
    assert spend["title"] == "Why, of all spend, Nov 1–22 against Oct 1–22"  # noqa: RUF001
    assert [(part["amount"], part["name"]) for part in spend["parts"]] == [
        ("+$60.00", "more use"),
        ("+$30.00", "what was not used before"),
        ("−$15.00", "cheaper tokens"),  # noqa: RUF001
        ("−$12.00", "charges without tokens"),  # noqa: RUF001
        ("−$10.00", "cheaper models"),  # noqa: RUF001
        ("−$9.00", "what is used no more"),  # noqa: RUF001
    ]
    assert sum(Decimal(part["amount"].replace("−", "-").replace("$", "")) for part in spend["parts"]) == 44  # noqa: RUF001
    assert spend["models"] == [
        "m +$35.00: 200% more tokens, 25% less for each token",
        "young +$30.00: not used before",
        "OpenAI, no model −$12.00: charges without tokens",  # noqa: RUF001
    ]


def test_without_two_spans_there_is_nothing_to_explain(tmp_path: Path):
    assert _reasons(tmp_path, Published()) == []


def test_a_model_of_two_providers_has_no_single_reason(tmp_path: Path):
    twice = [
        _driver("m", "tokens", ("2", "0"), volume=40),
        _driver("m", "tokens", ("0.5", "0"), volume=10).replace("'openai'", "'azure'"),
    ]
    spend = _reasons(tmp_path, scenarios.company(), "delete from rpt_cost_drivers", *twice)[0]
    assert [part["amount"] for part in spend["parts"]] == ["+$50.00"]
    assert spend["models"] == []
