"""dbt as a dbt user types it: in the project's folder, with the installed environment and the data folder of a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.transform import PROJECT
from tests.dbt.test_forecasts import ANSWERS

pytestmark = pytest.mark.e2e


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a copy of the dbt project and nothing else."""
    left = shutil.ignore_patterns("target", "logs")
    shutil.copytree(PROJECT, tmp_path / "checkout" / "dbt_project", ignore=left)
    return tmp_path / "checkout"


def dbt(checkout: Path, *arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ)
    environment.pop("AI_COSTS_HOME", None)
    if home is not None:
        environment["AI_COSTS_HOME"] = str(home)
    return subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *arguments],
        cwd=checkout / "dbt_project",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def after_a_run(company: Path, database: Path) -> Path:
    """The company's database with forecasts, as a run leaves it, but for a fact that lost its rows."""
    database.parent.mkdir(parents=True)
    shutil.copy(company, database)
    with closing(duckdb.connect(database)) as connection:
        connection.execute(ANSWERS)
        connection.execute("delete from fct_costs")
    return database


def amounts(database: Path) -> list[tuple[object, ...]]:
    with closing(duckdb.connect(database, read_only=True)) as connection:
        return connection.execute(
            "select currency, cost_kind, sum(cost_amount) from fct_costs group by all order by all"
        ).fetchall()


def test_dbt_builds_and_documents_the_data_folder_of_the_checkout(company: Path, checkout: Path) -> None:
    database = after_a_run(company, checkout / "data" / "warehouse" / "working.duckdb")
    built = dbt(checkout, "build")
    assert built.returncode == 0, built.stdout[-2000:]
    assert amounts(database) == amounts(company)
    documented = dbt(checkout, "docs", "generate", "--static")
    assert documented.returncode == 0, documented.stdout[-2000:]
    assert "What AI use costs" in (checkout / "dbt_project/target/static_index.html").read_text(encoding="utf-8")


def test_dbt_runs_one_model_in_the_data_folder_that_is_named(company: Path, checkout: Path) -> None:
    home = checkout.parent / "elsewhere"
    after_a_run(company, home / "warehouse" / "working.duckdb")
    ran = dbt(checkout, "run", "-s", "+stg_landing__budgets", home=home)
    assert ran.returncode == 0, ran.stdout[-2000:]
    assert "PASS=1 " in ran.stdout
    assert not (checkout / "data").exists()


def test_without_a_run_dbt_says_what_to_do(checkout: Path) -> None:
    none = dbt(checkout, "build")
    assert none.returncode != 0
    assert "the database ../data/warehouse/working.duckdb does not exist yet: run `ai-costs run` first" in none.stdout
    empty = checkout.parent / "empty"
    (empty / "warehouse").mkdir(parents=True)
    duckdb.connect(empty / "warehouse" / "working.duckdb").close()
    unlanded = dbt(checkout, "build", home=empty)
    assert unlanded.returncode != 0
    assert "has no landed rows: run `ai-costs run` first" in unlanded.stdout
