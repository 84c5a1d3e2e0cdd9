"""One build of the dbt project by dbt itself, and one of its compiled SQL for each further set of landed rows."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.warehouse.transform import Transform
from tests.dbt.choice import CHOICE
from tests.dbt.company import CHANGED
from tests.dbt.compiled import Compiled
from tests.dbt.landed import Landed

BEFORE_FORECASTS = ("--exclude", "source:forecasts+")

Query = Callable[[str], list[tuple[Any, ...]]]
Scenario = Callable[..., Path]


@pytest.fixture(scope="session")
def dbt_state(tmp_path_factory: pytest.TempPathFactory, compiled_project: Compiled) -> Path:
    """dbt's folder of this worker, and in it a folder for each database."""
    return shutil.copytree(compiled_project.state, tmp_path_factory.mktemp("dbt"), dirs_exist_ok=True)


@pytest.fixture(scope="session")
def manifest(dbt_state: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((dbt_state / "parsed" / "manifest.json").read_text())
    return content


@pytest.fixture(scope="session")
def scenario(dbt_state: Path, compiled_project: Compiled) -> Scenario:
    """Builds a database of landed rows: with names of models these and what they are built from, else all models."""

    def build(name: str, landed: Landed, *models: str) -> Path:
        database = dbt_state / name / "working.duckdb"
        database.parent.mkdir()
        landed.write(database)
        compiled_project.build(database, *models)
        return database

    return build


@pytest.fixture(scope="session")
def company(dbt_state: Path) -> Path:
    """The database of a company whose rows hold every case of the contract, built with every test of its data."""
    return dbt_state / "company" / "working.duckdb"


@pytest.fixture(scope="session")
def changed(scenario: Scenario) -> Path:
    """The database of that company as it landed later, built from nothing."""
    return scenario("changed", CHANGED)


@pytest.fixture(scope="session")
def nothing(scenario: Scenario) -> Path:
    """The database of a first build that found nothing."""
    return scenario("nothing", Landed())


@pytest.fixture(scope="session")
def chosen(scenario: Scenario) -> Path:
    """The database of a company whose spend is seen through several doors at once."""
    return scenario("choice", CHOICE)


@pytest.fixture
def query(company: Path) -> Iterator[Query]:
    with closing(duckdb.connect(company, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield lambda sql: connection.execute(sql).fetchall()


def contents(database: Path) -> dict[str, list[str]]:
    with closing(duckdb.connect(database, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        names = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'main' order by table_name"
            ).fetchall()
        ]
        return {name: sorted(map(str, connection.table(name).fetchall())) for name in names}


def transform(database: Path) -> Transform:
    """dbt on a database in a separate folder, with what was parsed for all of them."""
    return Transform(database.parent, database.parent.parent)


def copied(database: Path, name: str) -> Path:
    """A copy of a database, for a test to change."""
    copy = database.parent.with_name(name) / database.name
    copy.parent.mkdir(exist_ok=True)
    shutil.copy(database, copy)
    return copy


def compiled(database: Path, model: str) -> str:
    """The SQL of a model as dbt wrote it for `database`, on tables of the connection's own."""
    found = (database.parent.parent / "target" / "compiled").rglob(f"models/**/{model}.sql")
    (path,) = (path for path in found if path.parent.suffix != ".yml")  # those are of unit tests
    return re.sub(r'"\w+"\."main"\.', "", path.read_text())
