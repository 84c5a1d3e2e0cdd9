"""What is set aside keeps its content, says so, and does not fill the disk; and damage is reported from a busy
machine."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipelines.state import damage_of, files_set_aside, is_passing, make_folder, remove_or_set_aside, set_aside


def test_what_is_set_aside_keeps_its_content_and_a_warning_says_where_it_is(tmp_path: Path, notices: list[str]):
    path = tmp_path / "runs.db"
    path.write_bytes(b"damaged")
    aside = set_aside(path, "is damaged", "It begins again.")
    assert (path.exists(), aside.read_bytes()) == (False, b"damaged")
    assert aside.name.startswith("runs.db.damaged-2")
    assert notices == [f"{path} is damaged: set aside as {aside.name}. It begins again."]
    assert [(found.path, found.original) for found in files_set_aside(tmp_path)] == [(aside, path)]


def test_of_one_name_the_three_newest_are_kept_files_and_folders_alike(tmp_path: Path):
    path, other = tmp_path / "runs.db", tmp_path / "index.db"
    other.touch()
    others = set_aside(other, "is empty", "")
    for number in range(5):
        if number % 2:
            path.write_text(str(number))
        else:
            (path / str(number)).mkdir(parents=True)
        set_aside(path, "is damaged", "")
    of_path = [found.path for found in files_set_aside(tmp_path) if found.original == path]
    assert [found.is_dir() for found in of_path] == [True, False, True]
    assert (of_path[1].read_text(), others.exists()) == ("3", True)


def test_a_file_named_like_one_that_was_set_aside_is_none(tmp_path: Path):
    (tmp_path / "bills.damaged-by-water.csv").touch()
    assert list(files_set_aside(tmp_path)) == []


def test_way_is_made_for_a_file_and_for_a_folder(tmp_path: Path):
    folder, file = tmp_path / "folder", tmp_path / "file"
    remove_or_set_aside(file, "")
    file.touch()
    remove_or_set_aside(file, "")
    (folder / "mine").mkdir(parents=True)
    remove_or_set_aside(folder, "")
    assert [found.original for found in files_set_aside(tmp_path)] == [folder]
    file.write_text("mine")
    make_folder(file, "")
    make_folder(file, "")
    assert file.is_dir()
    assert [found.original for found in files_set_aside(tmp_path)] == [file, folder]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a b?.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table figures (name text, figure integer)")
        connection.executemany("insert into figures values (?, ?)", [(f"name {n}" * 50, n) for n in range(500)])
        connection.commit()
    return path


def test_a_sound_file_and_none_are_no_damage(database: Path):
    assert damage_of(database) is None
    assert damage_of(database.with_name("missing")) is None


def test_damage_is_said_in_words(database: Path):
    content = database.read_bytes()
    database.write_bytes(b"not a database" * 1000)
    assert damage_of(database) == "is damaged (file is not a database)"
    database.write_bytes(content[: len(content) // 2])
    assert damage_of(database) == "is damaged (database disk image is malformed)"
    changed = bytearray(content)
    changed[4096 * 3] ^= 0xFF
    database.write_bytes(changed)
    assert (damage_of(database) or "").startswith("is damaged (")
    database.unlink()
    database.mkdir()
    assert damage_of(database) == "is a folder where a database belongs"


def test_a_lock_is_no_damage(database: Path):
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("begin exclusive")
        with closing(sqlite3.connect(database, timeout=0)) as other, pytest.raises(sqlite3.OperationalError) as refused:
            other.execute("select * from figures")
        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(database)), connect_args={"timeout": 0}, poolclass=sa.NullPool
        )
        with pytest.raises(sa.exc.OperationalError) as wrapped, engine.connect() as connection:
            connection.execute(sa.text("select * from figures"))
    assert is_passing(refused.value)
    assert is_passing(wrapped.value)
    assert not is_passing(ValueError("no"))
