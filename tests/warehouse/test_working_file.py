"""The working file can be lost at any time: damage is moved aside, and what is not damage is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import BuildError, HomeError
from pipelines.warehouse import Warehouse
from tests.warehouse.builds import figure, make, publish, published_figure, warehouse_in

HOLDER = "import duckdb, sys; held = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
PLACES = 24
"""Where a byte is flipped, spread over the whole file."""


@pytest.fixture
def files(tmp_path: Path) -> Warehouse:
    return warehouse_in(tmp_path)


@contextmanager
def held_by_another_process(database: Path) -> Iterator[int]:
    """The id of a process that has `database` open for writing."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.communicate()


@pytest.mark.parametrize("content", [b"", b"x", b"not a database" * 1000], ids=["empty", "short", "other"])
def test_what_is_no_database_is_moved_aside_and_made_anew(files: Warehouse, content: bytes):
    make(files, 1)
    files.working.write_bytes(content)
    make(files, 2)
    assert files.working.with_suffix(".damaged").read_bytes() == content
    files.publish()
    assert published_figure(files) == 2


@pytest.mark.parametrize("kept", [4096, 8192, 12_288, 20_000])
def test_a_cut_file_is_moved_aside_and_made_anew(files: Warehouse, kept: int):
    make(files, 1)
    content = files.working.read_bytes()[:kept]
    files.working.write_bytes(content)
    make(files, 2)
    assert files.working.with_suffix(".damaged").read_bytes() == content
    with files.writing() as connection:
        assert figure(connection) == 2


def test_a_flipped_byte_anywhere_is_no_hindrance_to_the_next_build(files: Warehouse):
    make(files, 1)
    whole = files.working.read_bytes()
    aside = files.working.with_suffix(".damaged")
    moved = 0
    for place in range(0, len(whole), len(whole) // PLACES):
        content = bytearray(whole)
        content[place] ^= 0xFF
        aside.unlink(missing_ok=True)
        files.working.write_bytes(content)
        make(files, 2)
        files.publish()
        assert published_figure(files) == 2, f"byte {place}"
        moved += aside.exists()
    assert moved > 0


def test_the_journal_of_a_damaged_file_goes_with_it(files: Warehouse):
    make(files, 1)
    files.working.write_bytes(b"x")
    journal = files.working.with_name("working.duckdb.wal")
    journal.write_bytes(b"y")
    make(files, 2)
    assert not journal.exists()


def test_a_file_that_another_process_holds_is_left_alone_and_the_process_named(files: Warehouse):
    publish(files, 1)
    with held_by_another_process(files.working) as process_id:
        with pytest.raises(BuildError) as refused, files.writing():
            pass
        assert str(refused.value) == (
            f"working.duckdb is open in another process: held in {Path(sys.executable).resolve()} (PID {process_id}); "
            "close it, or wait for the other run to finish"
        )
        assert published_figure(files) == 1, "readers are not held up"
    make(files, 2)
    assert not files.working.with_suffix(".damaged").exists()


def test_damage_below_a_folder_named_lock_is_damage(tmp_path: Path):
    files = warehouse_in(tmp_path / "blockchain")
    make(files, 1)
    files.working.write_bytes(b"not a database")
    make(files, 2)
    with files.writing() as connection:
        assert figure(connection) == 2


def test_a_folder_in_the_files_place_is_named_and_stays(files: Warehouse):
    files.working.mkdir(parents=True)
    (files.working / "mine.txt").write_text("keep")
    with pytest.raises(HomeError) as refused, files.writing():
        pass
    assert str(refused.value) == (
        f'Could not read from file "{files.working}": Is a directory: make {files.working} a file that can be read '
        "and written"
    )
    assert (files.working / "mine.txt").read_text() == "keep"


def test_a_file_that_may_not_be_opened_is_named_and_stays(files: Warehouse):
    publish(files, 1)
    whole = files.working.read_bytes()
    files.working.unlink()
    # A link to itself cannot be opened by anybody, root included.
    files.working.symlink_to(files.working)
    with pytest.raises(HomeError, match=f"make {files.working} a file that can be read and written$"), files.writing():
        pass
    files.working.unlink()
    files.working.write_bytes(whole)
    with files.writing() as connection:
        assert figure(connection) == 1


def test_a_discarded_file_is_gone_with_its_journal_and_readers_lose_nothing(files: Warehouse):
    publish(files, 1)
    files.working.with_name("working.duckdb.wal").write_bytes(b"")
    files.discard_working()
    files.discard_working()
    assert list(files.working.parent.iterdir()) == [files.published]
    with files.writing() as connection:
        assert connection.sql("select count(*) from duckdb_tables()").fetchall() == [(0,)]
    assert published_figure(files) == 1


def test_a_failure_while_writing_closes_the_file(files: Warehouse):
    with pytest.raises(duckdb.CatalogException), files.writing() as connection:
        connection.execute("select * from missing")
    with duckdb.connect(files.working, read_only=True) as connection:
        assert connection.sql("select 1").fetchall() == [(1,)]
