"""The working file can be lost at any time: damage is moved aside, and what is not damage is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import BuildError, BusyError, HomeError
from pipelines.state import files_set_aside
from pipelines.warehouse import opening
from pipelines.warehouse.files import Warehouse, load_table
from tests.warehouse.builds import ROWS, figure, make, publish, published_figure, show_working, warehouse_in

HOLDER = """
import duckdb, select, sys
held = duckdb.connect(sys.argv[1])
print('held', flush=True)
select.select([sys.stdin], [], [], float(sys.argv[2]))
"""
PLACES = 24
"""Where a byte is flipped, spread over the whole file."""


@pytest.fixture
def files(tmp_path: Path) -> Warehouse:
    return warehouse_in(tmp_path)


def set_aside_of(path: Path) -> Path:
    """The one copy of `path` that was set aside."""
    (aside,) = [aside.path for aside in files_set_aside(path.parent) if aside.original == path]
    return aside


@contextmanager
def held_by_another_process(database: Path, seconds: float = 600) -> Iterator[int]:
    """The id of a process that has `database` open for writing, at most for so many seconds."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database, str(seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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
    assert set_aside_of(files.working).read_bytes() == content
    show_working(files)
    assert published_figure(files) == 2


@pytest.mark.parametrize("kept", [4096, 8192, 12_288, 20_000])
def test_a_cut_file_is_moved_aside_and_made_anew(files: Warehouse, kept: int):
    make(files, 1)
    content = files.working.read_bytes()[:kept]
    files.working.write_bytes(content)
    make(files, 2)
    assert set_aside_of(files.working).read_bytes() == content
    with files.writing() as connection:
        assert figure(connection) == 2


def test_a_flipped_byte_anywhere_is_no_hindrance_to_the_next_build(files: Warehouse):
    make(files, 1)
    whole = files.working.read_bytes()
    moved = 0
    for place in range(0, len(whole), len(whole) // PLACES):
        content = bytearray(whole)
        content[place] ^= 0xFF
        files.working.write_bytes(content)
        make(files, 2)
        show_working(files)
        assert published_figure(files) == 2, f"byte {place}"
        moved += any(aside.path.read_bytes() == content for aside in files_set_aside(files.working.parent))
    assert moved > 0


def test_the_journal_of_a_damaged_file_goes_with_it(files: Warehouse):
    make(files, 1)
    files.working.write_bytes(b"x")
    journal = files.working.with_name("working.duckdb.wal")
    journal.write_bytes(b"y")
    make(files, 2)
    assert not journal.exists()


@pytest.mark.parametrize("name", ["working.duckdb", "published.duckdb"])
def test_a_file_that_another_program_holds_is_left_alone_and_the_program_named(
    files: Warehouse, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setattr(opening, "LOCK_WAIT_SECONDS", 0)
    publish(files, 1)
    database = files.working.with_name(name)
    opened = files.writing if database == files.working else files.reading
    with held_by_another_process(database) as process_id:
        with pytest.raises(BusyError) as refused, opened():
            pass
        assert str(refused.value) == (
            f"{database} is open in another program: held in {Path(sys.executable).resolve()} (PID {process_id}); "
            "close it there, or wait until it has finished, then try again"
        )
        publish(files, 1) if database == files.published else published_figure(files)
    make(files, 2)
    assert list(files_set_aside(files.working.parent)) == []


def test_a_look_into_a_file_from_another_program_is_waited_for(files: Warehouse):
    publish(files, 1)
    with held_by_another_process(files.working, seconds=1):
        make(files, 2)
    with files.writing() as connection:
        assert figure(connection) == 2


def test_damage_below_a_folder_named_lock_is_damage(tmp_path: Path):
    files = warehouse_in(tmp_path / "blockchain")
    make(files, 1)
    files.working.write_bytes(b"not a database")
    make(files, 2)
    with files.writing() as connection:
        assert figure(connection) == 2


def test_a_folder_in_the_files_place_is_set_aside_whole(files: Warehouse, notices: list[str]):
    files.working.mkdir(parents=True)
    (files.working / "mine.txt").write_text("keep")
    make(files, 1)
    aside = set_aside_of(files.working)
    assert (aside / "mine.txt").read_text() == "keep"
    (notice,) = notices
    assert notice == (
        f"{files.working} is a folder where a file belongs: set aside as {aside.name}. It is rebuilt from landing, "
        "and no figure depends on it."
    )


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


def damage_inside(database: Path) -> bytes:
    """Flip a bit in a block that is read only when its table is; give what the file then holds."""
    whole = database.read_bytes()
    for place in range(3 * 4096 + 100, len(whole), 50_000):
        damaged = bytearray(whole)
        damaged[place] ^= 1
        database.write_bytes(damaged)
        with suppress(duckdb.Error), duckdb.connect(database) as connection:
            try:
                connection.execute("select count(hash(whole)) from noise as whole")
            except duckdb.Error:
                return bytes(damaged)
    raise AssertionError(database)


def test_a_block_that_is_damaged_inside_shows_when_the_file_is_read_whole(files: Warehouse):
    make(files, 1)
    with files.writing() as connection:
        connection.execute("create table noise as select random() as value from range(100000)")
    assert not files.set_working_aside_if_damaged()
    damaged = damage_inside(files.working)
    with files.writing() as connection:
        assert connection.table("figures").shape[0] == ROWS, "the file opens, and its other tables can be read"
    assert files.set_working_aside_if_damaged()
    assert set_aside_of(files.working).read_bytes() == damaged
    make(files, 2)
    assert not files.set_working_aside_if_damaged()


def test_a_working_file_of_other_models_is_known(files: Warehouse):
    assert not files.is_made_by("these models")
    with files.writing() as connection:
        load_table(connection, "build", [{"project_digest": "these models"}])
    assert files.is_made_by("these models")
    assert not files.is_made_by("other models")
    with files.writing() as connection:
        connection.execute("alter table landing.build drop project_digest")
    assert not files.is_made_by("these models")


def test_a_published_file_of_another_version_says_what_to_do(files: Warehouse):
    publish(files, 1)
    for ask in ("select build_id, as_of from main.rpt_build", "select no_such_column from landing.build"):
        with pytest.raises(BuildError) as refused, files.reading() as connection:
            connection.execute(ask)
        assert str(refused.value).startswith("published.duckdb was built by another version of this program (")
        assert str(refused.value).endswith("): run `ai-costs run` to build it again")


def test_a_published_file_that_is_damaged_inside_says_how_to_make_it_anew(files: Warehouse):
    make(files, 1)
    with files.writing() as connection:
        connection.execute("create table noise as select random() as value from range(100000)")
    show_working(files)
    damage_inside(files.published)
    with pytest.raises(BuildError) as refused, files.reading() as connection:
        connection.execute("select count(hash(whole)) from noise as whole").fetchall()
    assert str(refused.value).startswith("published.duckdb cannot be read (Corrupt database file: ")
    assert str(refused.value).endswith("): run `ai-costs rebuild` to build it again")
