"""dbt in this process: parsed once, its failures are handed back, and the file is free when it is done."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import transform
from pipelines.errors import BuildError
from pipelines.transform import Transform
from pipelines.warehouse import Warehouse, load_table
from tests.warehouse.builds import AS_OF, warehouse_in

MODEL = "stg_landing__build"
OPENER = "import duckdb, sys; duckdb.connect(sys.argv[1]).close()"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Path:
    """A folder of dbt's artefacts that the tests of this file share, because a parse costs seconds."""
    return shutil.copytree(parsed, tmp_path_factory.mktemp("state") / "dbt")


@pytest.fixture
def files(tmp_path: Path) -> Warehouse:
    files = warehouse_in(tmp_path)
    files.working.parent.mkdir()
    return files


@pytest.mark.long
def test_the_project_is_parsed_once_for_as_long_as_it_stays_the_same(files: Warehouse, state: Path):
    dbt = Transform(files.working.parent, state)
    manifest = dbt.prepare()
    assert manifest == state / "parsed" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assert dbt.prepare().stat().st_mtime_ns == before
    (state / "parsed" / "contents.sha256").write_text("another version's")
    assert dbt.prepare().stat().st_mtime_ns > before


def test_a_build_gives_its_events_and_leaves_the_file_free_for_others(files: Warehouse, state: Path):
    before = Path.cwd()
    with files.writing() as connection:
        load_table(connection, "build", [{"build_id": "b1", "as_of": AS_OF, "currency": "USD", "is_sample": False}])
    built = Transform(files.working.parent, state).build("--select", MODEL, "--exclude-resource-type", "test")
    assert built.failures == ()
    assert [event["data"]["node_info"]["node_name"] for event in built.events] == [MODEL]
    assert Path.cwd() == before
    subprocess.run([sys.executable, "-c", OPENER, files.working], check=True)
    with files.writing() as connection:
        assert connection.table(MODEL).project("build_id").fetchall() == [("b1",)]


def test_a_model_that_fails_is_handed_back_by_name_with_its_reason(files: Warehouse, state: Path):
    with files.writing() as connection:
        connection.execute("create schema landing")
    built = Transform(files.working.parent, state).build("--select", MODEL)
    (failure, *_) = built.failures
    assert failure.startswith(f"model.ai_costs.{MODEL}: ")
    assert "Table with name build does not exist" in failure
    subprocess.run([sys.executable, "-c", OPENER, files.working], check=True)


def test_what_keeps_dbt_from_running_at_all_is_an_error_with_its_reason(files: Warehouse, state: Path):
    before = Path.cwd()
    with pytest.raises(BuildError, match=r"^dbt could not run: No such option '--nonsense'"):
        Transform(files.working.parent, state).build("--nonsense")
    assert Path.cwd() == before


def test_the_projects_hash_follows_its_files_and_nothing_that_dbt_writes(
    files: Warehouse, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    project = tmp_path / "project"
    shutil.copytree(transform.PROJECT, project, ignore=shutil.ignore_patterns("target", "logs"))
    dbt = Transform(files.working.parent, state)
    own = dbt.project_digest()
    monkeypatch.setattr(transform, "PROJECT", project)
    assert dbt.project_digest() == own
    (project / "target").mkdir()
    (project / "target" / "compiled.sql").write_text("select 1")
    assert dbt.project_digest() == own
    (project / "models" / "another.sql").write_text("select 1")
    assert dbt.project_digest() != own
