"""A build that is killed between any two models leaves readers the whole former build, and the next one is complete."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.files import Warehouse
from pipelines.warehouse.transform import Transform
from tests.dbt.company import CHANGED
from tests.dbt.conftest import BEFORE_FORECASTS, contents, copied
from tests.kills import KILLED, NEVER, killer_of


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build(folder: str, state: str) -> None:
    """What is killed: the models are built, and then published."""
    working = Path(folder) / "working.duckdb"
    built = Transform(working.parent, Path(state)).build(*BEFORE_FORECASTS)
    assert built.failures == (), built.failures
    Warehouse(working, working).copy_working(working.with_name("published.duckdb"))


def count_of_models(company: Path) -> int:
    """What a build makes: each table and view of the project that the company's database has."""
    with closing(duckdb.connect(company, read_only=True)) as connection:
        made = "select count(*) from information_schema.tables where table_schema = 'main'"
        return int(connection.sql(made).fetchall()[0][0])


@pytest.mark.long
def test_a_build_killed_between_any_two_models_is_never_seen_and_the_next_is_complete(company: Path, changed: Path):
    database = copied(company, "killed")
    published = database.with_name("published.duckdb")
    Warehouse(database, published).copy_working(published)
    former = hash_of(published)
    CHANGED.write(database)
    with killer_of("tests.dbt.test_kill", "build") as killer:
        for fatal in range(1, count_of_models(company) + 1):
            assert killer.run(f"model:{fatal}", database.parent, database.parent.parent) == KILLED
            assert hash_of(published) == former
        assert killer.run(NEVER, database.parent, database.parent.parent) == 0
    assert contents(published) == contents(changed)
