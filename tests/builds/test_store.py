"""All outputs belong to one build at any moment: after a kill anywhere, for readers meanwhile, from any state."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from pipelines.builds.manifest import MANIFEST, read_manifest
from pipelines.builds.store import Builds
from pipelines.errors import BuildError, HomeError
from tests.builds.shown import DUE, RUN, paths_of, revise, seen, show, whole, write
from tests.kills import KILLED, killer_of

pytestmark = pytest.mark.e2e

FORMER, NEXT = 2, 3


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "data"


def nothing(home: Path) -> None:
    home.mkdir()


def another_build(home: Path) -> None:
    show(home, 1)
    show(home, FORMER)


def files_of_an_older_version(home: Path) -> None:
    write(home, FORMER)


def a_copy_that_followed_links(home: Path) -> None:
    show(home.with_name("original"), FORMER)
    shutil.copytree(home.with_name("original"), home)


def files_in_the_place_of_links(home: Path) -> None:
    show(home, FORMER)
    for path in DUE[:2]:
        content = (home / path).read_bytes()
        (home / path).unlink()
        (home / path).write_bytes(content)


STATES = [
    nothing,
    another_build,
    files_of_an_older_version,
    pytest.param(a_copy_that_followed_links, marks=pytest.mark.long),
    pytest.param(files_in_the_place_of_links, marks=pytest.mark.long),
]


@pytest.mark.parametrize("state", STATES)
def test_a_kill_before_any_change_leaves_all_of_one_build_and_the_next_run_completes_it(
    tmp_path: Path, state: Callable[[Path], None]
):
    before = None if state is nothing else FORMER
    found: list[int | None] = []
    with killer_of("tests.builds.shown", "show") as killer:
        for fatal in count(1):
            home = tmp_path / str(fatal) / "data"
            home.parent.mkdir()
            state(home)
            ended = killer.run(fatal, home, NEXT)
            found.append(seen(home))
            assert found[-1] in {before, NEXT}, fatal
            if ended == 0:
                break
            assert ended == KILLED
            show(home, NEXT)
            assert seen(home) == NEXT
            assert whole(home, NEXT)
            assert not [path for path in home.rglob(".*-*") if path.name != ".prepared-run"], fatal
    assert found == sorted(found, key=lambda number: number == NEXT), (
        "the former until the rename, the next from then on"
    )
    assert found.count(before) > 20
    assert whole(home, NEXT)


@pytest.mark.parametrize("state", [STATES[1], STATES[4]])
def test_a_kill_while_one_output_is_written_again_leaves_the_old_or_the_new_one(
    tmp_path: Path, state: Callable[[Path], None]
):
    reports: list[str] = []
    with killer_of("tests.builds.shown", "revise") as killer:
        for fatal in count(1):
            home = tmp_path / str(fatal) / "data"
            home.parent.mkdir()
            state(home)
            ended = killer.run(fatal, home, NEXT)
            reports.append((home / "reports" / "ai-costs.html").read_text().partition(" ")[0])
            assert Builds(home).manifest() is not None
            assert all(
                (home / path).read_text() == f"{FORMER} in {path}" for path in paths_of(FORMER) if "html" not in path
            )
            if ended == 0:
                break
    assert set(reports) == {"2", "3"}
    assert reports == sorted(reports)
    assert Builds(home).is_whole(f"build{FORMER}")


def test_readers_see_whole_files_of_one_build_while_builds_are_shown(home: Path):
    show(home, 1)
    ended = threading.Event()
    mixes: list[set[str]] = []
    looks = [0]

    def read() -> None:
        while not ended.is_set():
            for path in DUE:
                number, _, place = (home / path).read_text().partition(" in ")
                assert place == path
                assert number.isdigit()
            # Whoever wants several files of one build resolves the folder once.
            folder = (home / "builds" / "current").resolve()
            try:
                numbers = {(folder / path).read_text().partition(" ")[0] for path in DUE}
            except FileNotFoundError:
                continue  # two builds later the folder is gone
            if len(numbers) > 1:
                mixes.append(numbers)
            looks[0] += 1

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(2, 60):
        show(home, number)
    ended.set()
    for reader in readers:
        reader.join()
    assert mixes == []
    assert looks[0] > 50


def test_who_has_a_file_open_keeps_it_and_the_build_before_is_there_still(home: Path):
    show(home, 1)
    with (home / "exports" / "costs.csv").open() as early:
        for number in (2, 3, 4):
            show(home, number)
        assert early.read() == "1 in exports/costs.csv"
    assert sorted(path.name for path in (home / "builds").glob("[0-9]*")) == ["3-build3", "4-build4"]


def test_a_file_of_a_former_build_that_the_next_has_not_stays_as_a_file(home: Path):
    for number in (2, 3, 4, 5):
        show(home, number)
    for number in (2, 4):
        left = home / "exports" / f"bills-{number}.csv"
        assert not left.is_symlink()
        assert left.read_text() == f"{number} in exports/bills-{number}.csv"


def test_a_home_of_an_older_version_moves_over_and_keeps_what_people_put_there(home: Path):
    files_of_an_older_version(home)
    for path in ("exports/notes.txt", "reports/march.html", "exports/mine.csv"):
        (home / path).write_text("mine")
    assert Builds(home).published() == home / "warehouse" / "published.duckdb"
    show(home, NEXT)
    assert seen(home) == NEXT
    for path in ("exports/notes.txt", "reports/march.html", "exports/mine.csv"):
        assert (home / path).read_text() == "mine"
        assert not (home / path).is_symlink()
    assert {(home / path).is_symlink() for path in paths_of(NEXT)} == {True}
    adopted, shown = sorted(path.name for path in (home / "builds").glob("[0-9]*"))
    assert (adopted, shown) == ("1-adopted", "2-build3")


def test_one_output_written_again_is_a_build_of_its_own_and_vouches_for_nothing_else(home: Path):
    show(home, 1)
    costs = home / "exports" / "costs.csv"
    costs.write_text("1 in exports/costs.txt")
    revise(home, 7)
    manifest = Builds(home).manifest()
    assert manifest is not None
    assert manifest.build_id == "build1"
    assert {output.path for output in manifest.outputs if output.problem(home / output.path)} == {"exports/costs.csv"}
    assert (home / "reports" / "ai-costs.html").read_text() == "7 in reports/ai-costs.html"


def test_nothing_written_is_no_new_build_but_a_link_that_is_gone_is_made_anew(home: Path):
    show(home, 1)
    (home / "exports" / "costs.csv").unlink()
    with Builds(home).writing():
        pass
    assert seen(home) == 1
    assert [path.name for path in (home / "builds").glob("[0-9]*")] == ["1-build1"]


def test_a_moved_or_copied_home_shows_its_own_build(home: Path, tmp_path: Path):
    show(home, 1)
    home.rename(tmp_path / "moved")
    assert seen(tmp_path / "moved") == 1
    shutil.copytree(tmp_path / "moved", tmp_path / "copied", symlinks=True)
    show(tmp_path / "moved", 3)
    assert (seen(tmp_path / "moved"), seen(tmp_path / "copied")) == (3, 1)


def test_exports_may_lie_elsewhere(home: Path, tmp_path: Path):
    (tmp_path / "share").mkdir()
    home.mkdir()
    (home / "exports").symlink_to(tmp_path / "share")
    show(home, 1)
    assert (tmp_path / "share" / "costs.csv").read_text() == "1 in exports/costs.csv"


def test_where_links_are_not_to_be_had_people_get_copies(home: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "symlink", refused)
    monkeypatch.setattr(os, "link", refused)
    for number in (1, 2, 3):
        show(home, number)
        assert seen(home) == number
        assert whole(home, number)
    assert not any(path.is_symlink() for path in home.rglob("*"))
    assert (home / "builds" / "current").read_text() == "3-build3"
    assert Builds(home).published().read_text() == "3 in warehouse/published.duckdb"
    revise(home, 7)
    assert (home / "reports" / "ai-costs.html").read_text() == "7 in reports/ai-costs.html"
    assert Builds(home).is_whole("build3")


def test_a_build_that_lacks_something_or_was_not_prepared_is_not_shown(home: Path):
    show(home, 1)
    builds = Builds(home)
    write(builds.prepare(RUN), 3)
    (home / "builds" / ".prepared-run" / "exports" / "costs.csv").unlink()
    with pytest.raises(BuildError, match=r"^the build lacks exports/costs\.csv: materialize them in the same run$"):
        builds.show(RUN, "build3", DUE)
    with pytest.raises(BuildError, match=r"^this run prepared no build: materialize published/warehouse and"):
        builds.show("another run", "build3", DUE)
    assert seen(home) == 1


def test_a_folder_where_an_output_goes_is_named_and_nothing_changes(home: Path):
    show(home, 1)
    (home / "reports" / "ai-costs.html").unlink()
    (home / "reports" / "ai-costs.html").mkdir()
    with pytest.raises(HomeError, match=r"ai-costs\.html cannot be written \(Is a directory\)"):
        show(home, 3)
    assert (home / "exports" / "costs.csv").read_text() == "1 in exports/costs.csv"


def test_a_changed_bit_of_any_byte_of_a_manifest_is_seen(home: Path):
    show(home, 1)
    folder = Builds(home).current()
    assert folder is not None
    content = (folder / MANIFEST).read_bytes()
    for position in range(len(content)):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        (folder / MANIFEST).write_bytes(flipped)
        with pytest.raises(BuildError, match=r"MANIFEST\.json (was changed after|cannot be read)"):
            read_manifest(folder)
    assert not Builds(home).is_whole("build1")
    (folder / MANIFEST).unlink()
    assert not Builds(home).is_whole("build1")
    show(home, 3)
    assert whole(home, 3)
