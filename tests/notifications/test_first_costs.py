"""The rule of a model or person that costs money for the first time: which rows it finds, and who a person is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from notifications.rules.first_costs import PERSON, RULE, FirstCosts
from tests.notifications.marts import create_missing_marts

TODAY = date(2026, 3, 31)
MACROS = Path(__file__).resolve().parents[2] / "dbt_project" / "macros" / "engine.sql"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """60 days of 10 USD of one model at one provider, and no other cost."""
    with duckdb.connect() as opened:
        create_missing_marts(opened)
        opened.execute("insert into rpt_build (as_of) values (timestamptz '2026-03-31 09:00:00+00')")
        for number in range(60):
            costs(opened, "10", "old", ago=number)
        yield opened


def costs(
    connection: duckdb.DuckDBPyConnection, amount: str, model: str | None, *, ago: int, tags: str | None = None
) -> None:
    connection.execute(
        "insert into fct_costs (cost_date, provider, model_id, currency, cost_kind, cost_amount, tags) "
        "values (?, 'openai', ?, 'USD', 'spend', ?, ?)",
        [TODAY - timedelta(days=ago), model, Decimal(amount), tags],
    )


def found(connection: duckdb.DuckDBPyConnection) -> list[FirstCosts]:
    cursor = connection.execute(RULE.query)
    names = [column[0] for column in cursor.description]
    return [FirstCosts(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def test_a_model_and_a_person_are_found_with_their_first_week_and_the_month_before(
    connection: duckdb.DuckDBPyConnection,
):
    costs(connection, "12", "new", ago=3)
    costs(connection, "9", "new", ago=1)
    costs(connection, "20", "old", ago=2, tags='{"user_email": "ada@example.com"}')
    model, person = found(connection)
    assert (model.dimension, model.name, model.first_date, model.last_date) == (
        "model",
        "new",
        TODAY - timedelta(days=3),
        TODAY - timedelta(days=1),
    )
    assert (model.amount, model.month_amount) == (21, 300)
    assert (person.dimension, person.name, person.amount) == ("person", "ada@example.com", 20)
    assert person.month_amount == 312, "the days before its first one, the new model's among them"


@pytest.mark.parametrize(
    ("amount", "ago"), [("14.99", 3), ("50", 14)], ids=["less than a twentieth of the month", "two weeks ago"]
)
def test_what_is_small_or_known_by_now_is_not_found(connection: duckdb.DuckDBPyConnection, amount: str, ago: int):
    costs(connection, amount, "new", ago=ago)
    assert found(connection) == []


def test_a_person_is_whom_the_marts_take_for_one():
    (of_marts,) = re.findall(r"macro person_of\(tags\) -%}\s*(.*?)\s*{%-", MACROS.read_text(), flags=re.DOTALL)
    assert of_marts.replace("{{ tags }}", "tags") == PERSON
