"""The token of a home: made once, for its owner alone, and replaced where another may know it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import HomeError
from pipelines.front_door.access_token import FILE_NAME, FORM, access_token


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    token = access_token(tmp_path)
    assert FORM.fullmatch(token.encode())
    assert access_token(tmp_path) == token
    assert [(path.name, path.read_text(), mode(path)) for path in tmp_path.iterdir()] == [(FILE_NAME, token, 0o600)]


def test_each_home_has_another(tmp_path: Path) -> None:
    homes = [tmp_path / str(number) for number in range(20)]
    for home in homes:
        home.mkdir()
    assert len({access_token(home) for home in homes}) == len(homes)


def readable_by_others(path: Path) -> None:
    path.chmod(0o640)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def with_an_end_of_line(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def another_alphabet(path: Path) -> None:
    path.write_bytes(b"\xff" * 43)


def a_link(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("elsewhere"))


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


@pytest.mark.parametrize(
    "harm", [readable_by_others, empty, cut, with_an_end_of_line, another_alphabet, a_link, a_pipe]
)
def test_one_that_is_damaged_or_may_be_known_is_replaced(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    before = access_token(tmp_path)
    harm(tmp_path / FILE_NAME)
    token = access_token(tmp_path)
    assert token != before
    assert FORM.fullmatch(token.encode())
    assert (tmp_path / FILE_NAME).read_text() == token
    assert mode(tmp_path / FILE_NAME) == 0o600
    assert (tmp_path / FILE_NAME).is_symlink() is False


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(HomeError, match=r"serve\.token cannot be written"):
        access_token(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [FILE_NAME]
