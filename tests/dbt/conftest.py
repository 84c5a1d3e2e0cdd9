"""One parse of the dbt project, and one build of it for each set of landed rows."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from pipelines.warehouse.transform import Transform
from tests.dbt.choice import CHOICE
from tests.dbt.company import CHANGED, COMPANY
from tests.dbt.landed import Landed

BEFORE_FORECASTS = ("--exclude", "source:forecasts+")
WITH_ITS_TESTS = ("--indirect-selection", "buildable")
"""Of models chosen by name: the tests that need no model besides these and what they are built from."""

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def dbt_state(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Path:
    return shutil.copytree(parsed, tmp_path_factory.mktemp("dbt"), dirs_exist_ok=True)


@pytest.fixture(scope="session")
def manifest(dbt_state: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((dbt_state / "parsed" / "manifest.json").read_text())
    return content


@pytest.fixture(scope="session")
def build_once(dbt_state: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The database of `landed`, built by the first worker that asks; the others get a copy, and what dbt parsed.

    With names of models, these and what they are built from; else all that needs no forecast.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return lambda name, landed, *models: built(landed, dbt_state / name / "working.duckdb", *models)

    def build(name: str, landed: Landed, *models: str) -> Path:
        database, ready = dbt_state / name / "working.duckdb", folder.parent / "dbt" / name
        with FileLock(folder.parent / f"dbt-{name}.lock"):
            if not ready.exists():
                built(landed, database, *models)
                half_way = ready.with_name(f"{name}.copying")
                shutil.copytree(database.parent, half_way / "database")
                shutil.copytree(dbt_state / "target", half_way / "target")
                half_way.rename(ready)
                return database
        shutil.copytree(ready / "database", database.parent)
        shutil.copytree(ready / "target", dbt_state / "target", dirs_exist_ok=True)
        return database

    return build


@pytest.fixture(scope="session")
def company(build_once: Callable[..., Path]) -> Path:
    """The database of a company whose rows hold every case of the contract, built with every test of its data."""
    return build_once("company", COMPANY)


@pytest.fixture(scope="session")
def changed(build_once: Callable[..., Path]) -> Path:
    """The database of that company as it landed later, built from nothing."""
    return build_once("changed", CHANGED)


@pytest.fixture(scope="session")
def nothing(build_once: Callable[..., Path]) -> Path:
    """The database of a first build that found nothing."""
    return build_once("nothing", Landed())


@pytest.fixture(scope="session")
def chosen(build_once: Callable[..., Path]) -> Path:
    """The database of a company whose spend is seen through several doors at once."""
    return build_once("choice", CHOICE)


@pytest.fixture
def query(company: Path) -> Iterator[Query]:
    with closing(duckdb.connect(company, read_only=True)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield lambda sql: connection.execute(sql).fetchall()


def built(landed: Landed, database: Path, *models: str) -> Path:
    database.parent.mkdir()
    landed.write(database)
    chosen = (*WITH_ITS_TESTS, "--select", *(f"+{model}" for model in models)) if models else BEFORE_FORECASTS
    assert transform(database).build(*chosen).failures == ()
    return database


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
