"""One parse of the dbt project, and one build of it for each set of landed rows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.transform import Transform
from tests.dbt.choice import CHOICE
from tests.dbt.company import COMPANY
from tests.dbt.landed import Landed

BEFORE_FORECASTS = ("--exclude", "source:forecasts+")

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def dbt_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="session")
def manifest(dbt_state: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Transform(dbt_state / "parsed.duckdb", dbt_state).prepare().read_text())
    return content


@pytest.fixture(scope="session")
def company(dbt_state: Path) -> Path:
    """The database of a company whose rows hold every case of the contract, built with every test of its data."""
    return built(COMPANY, dbt_state / "company.duckdb")


@pytest.fixture(scope="session")
def nothing(dbt_state: Path) -> Path:
    """The database of a first build that found nothing."""
    return built(Landed(), dbt_state / "nothing.duckdb")


@pytest.fixture(scope="session")
def chosen(dbt_state: Path) -> Path:
    """The database of a company whose spend is seen through several doors at once."""
    return built(CHOICE, dbt_state / "choice.duckdb")


@pytest.fixture
def query(company: Path) -> Iterator[Query]:
    with closing(duckdb.connect(company, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield lambda sql: connection.execute(sql).fetchall()


def built(landed: Landed, database: Path) -> Path:
    landed.write(database)
    outcome = Transform(database, database.parent).build(*BEFORE_FORECASTS)
    assert outcome.failures == ()
    return database


def compiled(database: Path, model: str) -> str:
    """The SQL of a model as dbt wrote it for `database`, on tables of the connection's own."""
    found = (database.parent / "target" / "compiled").rglob(f"models/**/{model}.sql")
    (path,) = (path for path in found if path.parent.suffix != ".yml")  # those are of unit tests
    return re.sub(r'"\w+"\."main"\.', "", path.read_text())
