"""dbt in this process: parsed once, its failures are handed back, and the file is free when it is done."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import BuildError
from pipelines.state import files_set_aside
from pipelines.warehouse import transform
from pipelines.warehouse.files import Warehouse, load_table
from pipelines.warehouse.transform import Transform
from tests.warehouse.builds import AS_OF, warehouse_in

MODEL = "stg_landing__build"
FOLDERS: list[str] = []
"""The working folders that this process went to, by whatever library's hand."""
sys.addaudithook(lambda event, arguments: FOLDERS.append(str(arguments[0])) if event == "os.chdir" else None)
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
        connection.execute("create schema landing; create table landing.build (build_id varchar)")
    built = Transform(files.working.parent, state).build("--select", MODEL)
    (failure, *_) = built.failures
    assert failure.startswith(f"model.ai_costs.{MODEL}: ")
    assert 'Referenced column "as_of" not found' in failure
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


class Stopped(frozenset[str]):
    """Result events of dbt; the first that is looked for stops the process, as Ctrl-C does."""

    def __contains__(self, event: object) -> bool:
        if event == "LogModelResult":
            signal.raise_signal(signal.SIGINT)
        return super().__contains__(event)


def test_dbt_stays_in_the_persons_folder_and_leaves_nothing_there_even_when_it_is_stopped(
    files: Warehouse, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with files.writing() as connection:
        load_table(connection, "build", [{"build_id": "b1", "as_of": AS_OF, "currency": "USD", "is_sample": False}])
    dbt, person = Transform(files.working.parent, state), tmp_path / "person"
    dbt.prepare()
    person.mkdir()
    monkeypatch.chdir(person)
    FOLDERS.clear()
    assert dbt.build("--select", MODEL, "--exclude-resource-type", "test").failures == ()
    monkeypatch.setattr(transform, "RESULT_EVENTS", Stopped(transform.RESULT_EVENTS))
    with pytest.raises(KeyboardInterrupt):
        dbt.build("--select", "stg_landing__build", "stg_landing__sources", "--exclude-resource-type", "test")
    assert set(FOLDERS) <= {str(person)}, "dbt itself goes back to where it is"
    assert Path.cwd() == person
    assert list(person.iterdir()) == []
    subprocess.run([sys.executable, "-c", OPENER, files.working], check=True)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("name", ["manifest.json", "partial_parse.msgpack", "contents.sha256"])
@pytest.mark.parametrize("damage", [emptied, cut, flipped, made_a_folder, Path.unlink])
def test_whatever_was_parsed_is_trusted_only_as_it_was_written(
    state: Path, tmp_path: Path, name: str, damage: Callable[[Path], None]
):
    Transform(tmp_path, state).prepare()
    copy = Transform(tmp_path, tmp_path / "dbt")
    shutil.copytree(state, copy.state)
    assert copy.is_parsed()
    damage(copy.state / "parsed" / name)
    assert not copy.is_parsed()


@pytest.mark.e2e
def test_dbts_artefacts_may_be_damaged_all_at_once(files: Warehouse, state: Path, tmp_path: Path):
    dbt = Transform(files.working.parent, tmp_path / "dbt")
    shutil.copytree(state, dbt.state)
    with files.writing() as connection:
        load_table(connection, "build", [{"build_id": "b1", "as_of": AS_OF, "currency": "USD", "is_sample": False}])
    target, build = dbt.state / "target", ("--select", MODEL, "--exclude-resource-type", "test")
    assert dbt.build(*build).failures == ()
    for path in (dbt.state / "parsed" / "manifest.json", dbt.state / "parse.lock"):
        made_a_folder(path)
    (target / "run_results.json").mkdir()
    flipped(dbt.state / "parsed" / "partial_parse.msgpack")
    (target / "manifest.json").touch()
    for folder in (target / "compiled", dbt.state / "logs"):
        shutil.rmtree(folder)
        folder.write_text("mine")
    assert dbt.build(*build).failures == ()
    places = (dbt.state, target, dbt.state / "parsed")
    asides = {aside.original.name for folder in places for aside in files_set_aside(folder)}
    assert asides == {"manifest.json", "run_results.json", "parse.lock", "compiled", "logs"}
    with files.writing() as connection:
        assert connection.table(MODEL).project("build_id").fetchall() == [("b1",)]
