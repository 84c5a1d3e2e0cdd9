"""Whatever was damaged in a Dagster instance, the next start opens it whole, and ends the runs that nobody holds."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import time_machine

from pipelines.config.home_folders import HomeFolders, ensure_home
from pipelines.defs.dead_runs import TIME_TO_START, end_dead_runs, lock_while_alive
from pipelines.defs.instance import INSTANCE_TEMPLATE, opened_instance, prepare_instance
from pipelines.errors import HomeError
from pipelines.state import files_set_aside, run_lock

ROOT = Path(__file__).parents[2]
# Hold the lock of a run, and of a home, as a run's process does.
PREAMBLE = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pathlib import Path; from pipelines import state\n"
HOLDING = "print('held', flush=True); sys.stdin.read()"
RUN = PREAMBLE + f"state.lock_until_exit(Path(sys.argv[1]) / 'runs' / (sys.argv[2] + '.lock')); {HOLDING}"
HOME = PREAMBLE + f"with state.run_lock(Path(sys.argv[1]), print): {HOLDING}"
DATABASES = ("history/runs.db", "history/runs/index.db", "schedules/schedules.db")

pytestmark = pytest.mark.e2e


@dg.asset
def figures() -> int:
    return 7


@dg.job
def refresh() -> None:
    pass


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose instance has seen one run."""
    home = tmp_path_factory.mktemp("home")
    ensure_home(HomeFolders(home))
    with opened_instance(HomeFolders(home)) as instance:
        assert dg.materialize([figures], instance=instance).success
    return home


@pytest.fixture
def folders(made: Path, tmp_path: Path) -> HomeFolders:
    shutil.copytree(made, tmp_path / "data")
    return HomeFolders(tmp_path / "data")


def works(folders: HomeFolders) -> int:
    """Run something in the instance; give how many runs it remembers then."""
    with opened_instance(folders) as instance:
        assert dg.materialize([figures], instance=instance).success
        assert instance.get_latest_materialization_event(figures.key) is not None
        assert instance.all_instigator_state() == []
        return instance.get_runs_count()


def kept_aside(folders: HomeFolders) -> set[str]:
    return {aside.original.name for aside in files_set_aside(folders.dagster)}


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


def flipped_in_its_header(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[3] ^= 0xFF
    path.write_bytes(content)


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine").touch()


def without_its_tables(path: Path) -> None:
    """As a process leaves it that was killed between two statements of making it."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in tables:
            if name not in {"alembic_version", "sqlite_sequence"}:
                connection.execute(f'drop table "{name}"')
        connection.commit()


def with_two_versions(path: Path) -> None:
    """As two processes leave it that made it at once."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("insert into alembic_version values ('another')")
        connection.commit()


@pytest.mark.parametrize("name", DATABASES)
@pytest.mark.parametrize(
    "damage",
    [
        emptied,
        cut,
        overwritten,
        flipped_in_its_header,
        made_a_folder,
        Path.unlink,
        without_its_tables,
        with_two_versions,
    ],
)
def test_a_damaged_database_is_no_hindrance(folders: HomeFolders, name: str, damage: Callable[[Path], None]):
    path = folders.dagster / name
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    for journal in path.parent.glob(f"{path.name}-*"):
        journal.unlink()
    damage(path)
    assert works(folders) in {1, 2}
    assert kept_aside(folders) <= {"history", "schedules"}
    assert (folders.dagster / "dagster.yaml").read_bytes() == INSTANCE_TEMPLATE.read_bytes()
    aside = kept_aside(folders)
    assert works(folders) in {2, 3}
    assert kept_aside(folders) == aside, "mended once"


def test_what_was_set_aside_is_said(folders: HomeFolders, notices: list[str]):
    overwritten(folders.dagster / "history" / "runs.db")
    prepare_instance(folders)
    named = {aside.original.name: aside.path.name for aside in files_set_aside(folders.dagster)}
    assert notices == [
        f"{folders.dagster / name} cannot be used, because runs.db is damaged (file is not a database): set aside as "
        f"{named[name]}. Dagster's history of runs starts again; no figure depends on it."
        for name in ("history", "schedules")
    ]


def test_a_sound_instance_is_left_as_it_is(folders: HomeFolders, notices: list[str]):
    (folders.dagster / "dagster.yaml").write_text("# mine\ntelemetry: {enabled: false}\n")
    assert works(folders) == 2
    assert (folders.dagster / "dagster.yaml").read_text() == "# mine\ntelemetry: {enabled: false}\n"
    assert (kept_aside(folders), notices) == (set(), [])


@pytest.mark.parametrize(
    "content",
    [b"", b"# nothing\n", b"[1]", b"telemetry: {enabled: fal", b"telemtry: {enabled: false}\n", b"\xff\xfe\x00", None],
)
def test_a_configuration_that_says_nothing_dagster_takes_is_replaced(folders: HomeFolders, content: bytes | None):
    path = folders.dagster / "dagster.yaml"
    if content is None:
        made_a_folder(path)
    else:
        path.write_bytes(content)
    assert works(folders) == 2, "the history stays"
    assert path.read_bytes() == INSTANCE_TEMPLATE.read_bytes()
    assert kept_aside(folders) == {"dagster.yaml"}


def test_what_cannot_be_opened_is_not_called_damaged(folders: HomeFolders):
    path = folders.dagster / "history" / "runs.db"
    path.unlink()
    path.symlink_to(path)  # cannot be opened by anybody, root included
    with pytest.raises(
        HomeError, match=r"cannot be used \(unable to open database file\): check that there is free space"
    ):
        prepare_instance(folders)
    assert kept_aside(folders) == set()


@contextmanager
def process_of_a_run(code: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, once it has its lock."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def started(instance: dg.DagsterInstance, status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED) -> str:
    return instance.create_run_for_job(refresh, status=status).run_id


def in_progress(instance: dg.DagsterInstance) -> set[str]:
    """What Dagster's queue counts against its limit of four."""
    statuses = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    return {run.run_id for run in instance.get_runs(dg.RunsFilter(statuses=statuses))}


def test_four_killed_runs_fill_no_place_in_the_queue_and_a_living_one_stays(folders: HomeFolders, notices: list[str]):
    with opened_instance(folders) as instance:
        runs = [started(instance) for _ in range(5)]
        killed = runs[:4]
        with ExitStack() as stack:
            processes = [stack.enter_context(process_of_a_run(RUN, folders.state, run)) for run in runs]
            assert end_dead_runs(instance) == []
            for process in processes[:4]:
                process.kill()
                process.wait()
            with time_machine.travel(datetime(2026, 11, 27, 12, tzinfo=UTC), tick=False):
                prepare_instance(folders)
            assert in_progress(instance) == {runs[4]}
            for run, process in zip(killed, processes, strict=False):
                reason = f"its process ended without a word (process {process.pid}); found at 2026-11-27 12:00 UTC"
                event = instance.all_logs(run)[-1]
                assert instance.get_run_by_id(run).status is dg.DagsterRunStatus.FAILURE
                assert event.dagster_event.message == reason
                assert f"the run {run[:8]} of refresh was ended: {reason}" in notices
    assert {path.name for path in (folders.state / "runs").iterdir()} >= {f"{runs[4]}.lock"}
    assert not any((folders.state / "runs" / f"{run}.lock").exists() for run in killed)


def test_a_run_that_was_being_cancelled_ends_as_cancelled(folders: HomeFolders):
    with opened_instance(folders) as instance:
        run = started(instance, dg.DagsterRunStatus.CANCELING)
        with process_of_a_run(RUN, folders.state, run):
            pass
        end_dead_runs(instance)
        assert instance.get_run_by_id(run).status is dg.DagsterRunStatus.CANCELED


def test_a_run_without_a_lock_is_of_an_older_version_and_dead_unless_somebody_runs(folders: HomeFolders):
    with opened_instance(folders) as instance:
        run, unsigned = started(instance), started(instance)
        (folders.state / "runs").mkdir(exist_ok=True)
        (folders.state / "runs" / f"{unsigned}.lock").touch()
        assert end_dead_runs(instance) == [], "they may be about to take their locks"
        with time_machine.travel(datetime.now(UTC) + TIME_TO_START + timedelta(minutes=1)):
            with process_of_a_run(HOME, folders.state):
                assert end_dead_runs(instance) == []
            with run_lock(folders.state, pytest.fail):
                assert len(end_dead_runs(instance)) == 2, "whoever holds the home may judge"
        assert in_progress(instance) == set()
        assert instance.get_run_by_id(run).status is dg.DagsterRunStatus.FAILURE


def test_what_this_process_runs_is_alive(folders: HomeFolders):
    with opened_instance(folders) as instance:
        run = started(instance)
        lock_while_alive(instance, run)
        assert end_dead_runs(instance) == []
        assert in_progress(instance) == {run}
