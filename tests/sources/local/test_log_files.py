"""Discovery and change detection: every file once, whatever the folders look like."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.sources.local.framework import log_files
from pipelines.sources.local.framework.log_files import LogLocation
from pipelines.sources.local.framework.position import Position
from pipelines.sources.local.framework.replies import ParsedLog

NOBODY = 65534
PLACES = [LogLocation("projects", ("*.jsonl",))]


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that an ordinary user owns and can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, -1)
        yield folder


@pytest.fixture
def as_ordinary_user(public_folder: Path) -> Iterator[Path]:
    """`public_folder`, while this process has no more rights than its owner."""
    if os.geteuid() != 0:
        yield public_folder
        return
    os.seteuid(NOBODY)
    try:
        yield public_folder
    finally:
        os.seteuid(0)


def put(path: Path, content: bytes = b"{}\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(root: Path) -> list[str]:
    return [file.name for file in log_files.find([root], PLACES).files]


def test_files_are_found_at_any_depth_in_order_and_only_with_the_suffix(tmp_path: Path):
    for name in ("b/2.jsonl", "a/sub/agent.jsonl", "a/1.jsonl", "a/notes.txt", "top.jsonl", "b/2.jsonl.bak"):
        put(tmp_path / "projects" / name)
    put(tmp_path / "elsewhere.jsonl")
    assert names(tmp_path) == [
        "projects/top.jsonl",
        "projects/a/1.jsonl",
        "projects/a/sub/agent.jsonl",
        "projects/b/2.jsonl",
    ]


def test_a_root_that_is_not_there_has_nothing_to_read(tmp_path: Path):
    listing = log_files.find([tmp_path / "absent"], PLACES)
    assert listing.files == []
    assert listing.unreadable == []


def test_links_are_followed_and_what_they_lead_to_is_taken_once(tmp_path: Path):
    put(tmp_path / "far" / "kept.jsonl")
    put(tmp_path / "far" / "other.jsonl")
    put(tmp_path / "home" / "projects" / "a" / "own.jsonl")
    (tmp_path / "home" / "projects" / "b").symlink_to(tmp_path / "far")
    (tmp_path / "home" / "projects" / "c").symlink_to(tmp_path / "far")
    (tmp_path / "home" / "projects" / "d.jsonl").symlink_to(tmp_path / "far" / "kept.jsonl")
    (tmp_path / "again").symlink_to(tmp_path / "home")
    listing = log_files.find([tmp_path / "home", tmp_path / "again"], PLACES)
    assert [file.name for file in listing.files] == [
        "projects/d.jsonl",
        "projects/a/own.jsonl",
        "projects/b/other.jsonl",
    ]


def test_loops_and_dangling_links_and_pipes_are_passed_by(tmp_path: Path):
    put(tmp_path / "projects" / "a" / "own.jsonl")
    (tmp_path / "projects" / "a" / "up").symlink_to(tmp_path / "projects")
    (tmp_path / "projects" / "gone.jsonl").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "projects" / "pipe.jsonl")
    (tmp_path / "projects" / "folder.jsonl").mkdir()
    listing = log_files.find([tmp_path], PLACES)
    assert [file.name for file in listing.files] == ["projects/a/own.jsonl"]
    assert listing.unreadable == []


def test_a_link_to_itself_is_left_out(tmp_path: Path):
    loop = tmp_path / "projects" / "loop.jsonl"
    loop.parent.mkdir()
    loop.symlink_to(loop)
    listing = log_files.find([tmp_path], PLACES)
    assert listing.files == []
    assert listing.unreadable == []
    assert listing.left_out == ["projects/loop.jsonl: it is a link that leads back to itself"]


def test_a_folder_without_permission_is_named_and_the_others_are_found(as_ordinary_user: Path):
    root = as_ordinary_user
    put(root / "projects" / "open" / "1.jsonl")
    closed = put(root / "projects" / "closed" / "2.jsonl").parent
    closed.chmod(0)
    try:
        listing = log_files.find([root], PLACES)
    finally:
        closed.chmod(0o700)
    assert [file.name for file in listing.files] == ["projects/open/1.jsonl"]
    assert listing.unreadable == [f"{closed}: Permission denied"]


def test_a_name_that_is_not_utf8_can_be_stored(tmp_path: Path):
    put(tmp_path / "projects" / os.fsdecode(b"caf\xe9") / "1.jsonl")
    assert names(tmp_path) == ["projects/caf\\xe9/1.jsonl"]


def test_a_file_is_changed_when_its_size_or_time_or_the_revision_of_its_reader_is_another(tmp_path: Path):
    for name in ("same", "longer", "touched", "new"):
        put(tmp_path / "projects" / f"{name}.jsonl")
    position = Position(revision=1)
    for file in log_files.find([tmp_path], PLACES).files:
        if "new" not in file.name:
            position.note(file, ParsedLog(), is_unknown=False)
    put(tmp_path / "projects" / "longer.jsonl", b"{}\n{}\n")
    os.utime(tmp_path / "projects" / "touched.jsonl", ns=(1, 1))
    again = log_files.find([tmp_path], PLACES).files
    changed = ["projects/longer.jsonl", "projects/new.jsonl", "projects/touched.jsonl"]
    assert [file.name for file in position.changed(again)] == changed
    next_revision = Position(revision=2, files=position.files)
    assert next_revision.changed(again) == again
    assert [next_revision.was_read_otherwise(file) for file in again] == [True, False, True, True]
    assert not any(position.was_read_otherwise(file) for file in again)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("projects/rocket/s.jsonl", "projects/rocket/s.jsonl"),
        ("projects/-home-someone-rocket/s.jsonl", "projects/7b3774e5/s.jsonl"),
        ("C--Users-someone-rocket/s.jsonl", "75ac276f/s.jsonl"),
        ("--home-someone-rocket--/2026_a.jsonl", "7b94b00c/2026_a.jsonl"),
        ("sessions/2026/03/01/rollout-a.jsonl", "sessions/2026/03/01/rollout-a.jsonl"),
    ],
)
def test_a_folder_that_is_called_after_a_path_is_kept_as_a_digest(name: str, kept: str):
    assert log_files.without_paths(name) == kept


@pytest.mark.parametrize(
    ("path", "project"),
    [
        ("logs/projects/rocket/s.jsonl", "rocket"),
        ("logs/projects/-home-someone-rocket/s.jsonl", "rocket"),
        ("logs/projects/--home-someone-rocket--/deep/s.jsonl", "rocket"),
        ("logs/projects/s.jsonl", None),
    ],
)
def test_the_folder_worked_in_is_the_last_of_the_path_that_names_a_log(path: str, project: str | None):
    below = path.removeprefix("logs/")
    for name in (below, log_files.without_paths(below)):
        assert log_files.folder_worked_in(Path(path), name, 1) == project


def test_a_place_that_is_not_deep_is_searched_by_itself(tmp_path: Path):
    for name in ("a.db", "b.txt", "deeper/c.db"):
        put(tmp_path / name)
    found = log_files.find([tmp_path, tmp_path / "absent"], [LogLocation("", ("*.db",), deep=False)])
    assert [file.name for file in found.files] == ["a.db"]
    assert found.unreadable == []


def test_a_place_has_several_patterns_that_cross_folders(tmp_path: Path):
    for name in ("x/chats/a.json", "x/chats/b.jsonl", "x/notes/c.json", "d.json"):
        put(tmp_path / name)
    found = log_files.find([tmp_path], [LogLocation("", ("*/chats/*.json", "*/chats/*.jsonl"))])
    assert [file.name for file in found.files] == ["x/chats/a.json", "x/chats/b.jsonl"]


def test_what_a_database_has_not_taken_over_yet_changes_it(tmp_path: Path):
    def states() -> list[list[int]]:
        return [
            file.state for file in log_files.find([tmp_path], [LogLocation("", ("*.db", "*.txt"), deep=False)]).files
        ]

    for name in ("a.db", "a.txt"):
        os.utime(put(tmp_path / name), ns=(5, 5))
    alone = states()
    for name in ("a.db-wal", "a.txt-wal"):
        os.utime(put(tmp_path / name, b""), ns=(9, 9))
    assert states() == alone == [[3, 5], [3, 5]]
    for name in ("a.db-wal", "a.txt-wal"):
        os.utime(put(tmp_path / name, b"rows"), ns=(9, 9))
    assert states() == [[7, 9], [3, 5]]
