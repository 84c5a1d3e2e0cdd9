"""What readers see while builds are published: a whole old build or a whole new one, whatever happens."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import BuildError, HomeError, NothingPublishedError
from pipelines.presentation.messages import STAYS_PUBLISHED
from pipelines.warehouse.files import Warehouse, build_day, build_id
from tests.warehouse.builds import (
    AS_OF,
    builds_of,
    figure,
    make,
    publish,
    published_figure,
    show_working,
    warehouse_in,
)

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


def test_a_full_disk_leaves_what_was_published_and_no_half_copy(files: Warehouse):
    publish(files, 1)
    make(files, 2)
    with (
        pytest.raises(HomeError) as refused,
        largest_file(files.working.stat().st_size // 2),
    ):
        show_working(files)
    copy = builds_of(files).folder / ".prepared-run" / "warehouse" / "published.duckdb"
    assert str(refused.value) == (
        f"{copy} cannot be written ({os.strerror(errno.EFBIG)}): a build needs room for a second copy; "
        f"{STAYS_PUBLISHED}"
    )
    assert not copy.exists()
    assert published_figure(files) == 1
    show_working(files)
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
    show_working(files)
    (attempt,) = attempts
    assert attempt.returncode == 1
    assert f"Conflicting lock is held in {Path(sys.executable).resolve()} (PID {os.getpid()})" in attempt.stderr
    assert published_figure(files) == 1


def test_a_damaged_published_file_says_how_to_make_it_anew(files: Warehouse):
    publish(files, 1)
    files.published.write_bytes(b"not a database" * 1000)
    with pytest.raises(BuildError) as refused, files.reading():
        pass
    file = files.published.resolve()
    assert str(refused.value) == (
        f'published.duckdb cannot be read (The file "{file}" exists, but it is not a valid DuckDB database file!): run '
        "`ai-costs rebuild` to build it again"
    )
    show_working(files)
    assert published_figure(files) == 1
