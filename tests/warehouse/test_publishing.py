"""What readers see while builds are published: a whole old build or a whole new one, whatever happens."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import BuildError, HomeError, NothingPublishedError
from pipelines.warehouse import Warehouse, build_day, build_id
from tests.warehouse.builds import AS_OF, figure, make, publish, published_figure, warehouse_in

ROOT = Path(__file__).parents[2]

# Publishes in a process that kills itself before the step it was told.
PUBLISHER = """
import os, pathlib, shutil, signal, sys
sys.path.insert(0, {root!r})
from tests.warehouse.builds import warehouse_in

fatal, steps = int(sys.argv[2]), 0

def fatal_step(call):
    def step(*args, **kwargs):
        global steps
        steps += 1
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return step

def in_parts(source, target, size=2**18):
    with open(source, "rb") as old, open(target, "wb") as new:
        while part := old.read(size):
            write(new, part)

@fatal_step
def write(file, part):
    file.write(part)
    file.flush()

shutil.copyfile = in_parts
os.fsync = fatal_step(os.fsync)
pathlib.Path.replace = fatal_step(pathlib.Path.replace)
warehouse_in(pathlib.Path(sys.argv[1])).publish()
"""

WRITER = "import duckdb, sys; duckdb.connect(sys.argv[1])"


@pytest.fixture
def files(tmp_path: Path) -> Warehouse:
    return warehouse_in(tmp_path)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let this process write no file beyond `size`, as a disk that is full would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_before_the_first_build_there_is_nothing_to_read(files: Warehouse):
    make(files, 1)
    with (
        pytest.raises(NothingPublishedError, match=r"^no build has been published here yet: run `ai-costs run` first$"),
        files.reading(),
    ):
        pass


def test_a_published_build_says_its_name_and_its_day(files: Warehouse):
    publish(files, 1)
    with files.reading() as connection:
        assert (build_id(connection), build_day(connection)) == ("build-1", AS_OF.date())


def test_an_open_reader_keeps_its_build_and_a_new_one_gets_the_new(files: Warehouse):
    publish(files, 1)
    with files.reading() as early:
        publish(files, 2)
        with files.reading() as late:
            publish(files, 3)
            assert (figure(early), figure(late), published_figure(files)) == (1, 2, 3)


def test_a_reader_can_change_nothing_that_is_published(files: Warehouse):
    publish(files, 1)
    with files.reading() as connection:
        for statement in ("delete from figures", "drop table main.figures", "create table more as select 1"):
            with pytest.raises(duckdb.InvalidInputException, match="read-only"):
                connection.execute(statement)
    assert published_figure(files) == 1


def test_what_is_worked_on_is_not_seen_before_it_is_published(files: Warehouse):
    publish(files, 1)
    make(files, 2)
    assert published_figure(files) == 1


def test_moments_read_as_utc_wherever_the_computer_is(files: Warehouse, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    publish(files, 1)
    with files.reading() as connection:
        assert connection.sql("select as_of::varchar from landing.build").fetchall() == [("2026-11-23 12:00:00+00",)]


def test_a_folder_with_a_quote_in_its_name_is_only_a_folder(tmp_path: Path):
    files = warehouse_in(tmp_path / "o'brien; drop table figures")
    publish(files, 1)
    assert published_figure(files) == 1


@pytest.mark.e2e
def test_every_step_of_publishing_may_be_the_last(tmp_path: Path):
    files = warehouse_in(tmp_path)
    publish(files, 1)
    survived: list[bool] = []
    before = 1
    for fatal in count(1):
        files.discard_working()
        make(files, fatal + 1)
        code = PUBLISHER.format(root=str(ROOT))
        killed = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), str(fatal)], capture_output=True, text=True, check=False
        )
        after = published_figure(files)
        if killed.returncode == 0:
            assert after == fatal + 1
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert after in {before, fatal + 1}
        survived.append(after == fatal + 1)
        before = after
    # Several parts of the copy, its flush, the rename, and the flush of the folder, which comes after it.
    assert survived[-3:] == [False, False, True]
    assert len(survived) >= 5
    assert sum(survived) == 1
    names = {path.name for path in files.published.parent.iterdir()}
    assert names == {"working.duckdb", "published.duckdb"}, "what killed copies left is gone"


def test_a_full_disk_leaves_what_was_published_and_no_half_copy(files: Warehouse):
    publish(files, 1)
    make(files, 2)
    with (
        pytest.raises(HomeError) as refused,
        largest_file(files.working.stat().st_size // 2),
    ):
        files.publish()
    assert str(refused.value) == (
        f"{files.published} cannot be written ({os.strerror(errno.EFBIG)}): a build needs room for a second copy; "
        "what was published before stays"
    )
    assert not files.published.with_suffix(".publishing").exists()
    assert published_figure(files) == 1
    files.publish()
    assert published_figure(files) == 2


def test_nobody_else_can_write_the_working_file_while_it_is_copied(files: Warehouse, monkeypatch: pytest.MonkeyPatch):
    make(files, 1)
    copy, attempts = shutil.copyfile, []

    def copy_after_an_attempt_to_write(source: Path, target: Path) -> None:
        attempts.append(
            subprocess.run([sys.executable, "-c", WRITER, source], capture_output=True, text=True, check=False)
        )
        copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", copy_after_an_attempt_to_write)
    files.publish()
    (attempt,) = attempts
    assert attempt.returncode == 1
    assert f"Conflicting lock is held in {Path(sys.executable).resolve()} (PID {os.getpid()})" in attempt.stderr
    assert published_figure(files) == 1


def test_a_damaged_published_file_says_how_to_make_it_anew(files: Warehouse):
    publish(files, 1)
    files.published.write_bytes(b"not a database" * 1000)
    with pytest.raises(BuildError) as refused, files.reading():
        pass
    assert str(refused.value) == (
        f'published.duckdb cannot be read (The file "{files.published}" exists, but it is not a valid DuckDB database '
        "file!): run `ai-costs rebuild` to make it anew"
    )
    files.publish()
    assert published_figure(files) == 1
