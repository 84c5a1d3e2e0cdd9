"""A whole run of this version on a home of the version before: every figure that was published is the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.e2e.installation import Installation
from tests.upgrade.homes import unpack

pytestmark = pytest.mark.e2e

REWORDED = {"stands instead": "counts instead"}
"""What reasons said in the version before, and what they say now."""


def figures(database: Path, tables: dict[str, Any]) -> dict[str, Any]:
    """The rows of each table in the columns that the version before had."""
    found = {}
    with duckdb.connect(database, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, reported in tables.items():
            rows = connection.table(f"main.{name}").project(", ".join(reported["columns"])).fetchall()
            found[name] = sorted(([None if value is None else str(value) for value in row] for row in rows), key=str)
    return found


def reworded(rows: list[list[str | None]]) -> list[list[str | None]]:
    """The rows with today's words, in today's order."""
    texts = json.dumps(rows)
    for before, now in REWORDED.items():
        texts = texts.replace(before, now)
    return sorted(json.loads(texts), key=str)


def test_every_figure_is_equal_after_the_upgrade(tmp_path: Path):
    before = unpack(tmp_path)
    person = Installation(tmp_path)
    done = person.ai_costs("run", "--no-network", OPENAI_ADMIN_KEY="sk-admin-invented")
    assert done.returncode in {0, 3}, done.stderr
    after = figures(person.data / "warehouse" / "published.duckdb", before)
    assert after == {name: reworded(reported["rows"]) for name, reported in before.items()}
    assert all(comparison["equal"] for comparison in person.json("verify")["sums"])
