"""Where files that people and other programs put are opened: in one place, which knows what is not a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOUND = (
    "pipelines/sources",
    "pipelines/config",
    "pipelines/rates/rates_csv.py",
    "pipelines/app/known_names.py",
    "pipelines/cli",
)
"""The rooms that read what others put there; the other rooms read back what this program wrote."""
OPENING = {"read_bytes", "read_text", "open"}
OF_AN_ARCHIVE = {"archive.open", "gzip.open"}
ADVICE = "open it with pipelines.reading.files, which waits for no pipe and reads no device"


def openings(path: str, source: str) -> Iterator[str]:
    """Each place of `source` that opens a path by itself."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name.rpartition(".")[2] in OPENING and name not in OF_AN_ARCHIVE:
                yield f"{path}:{node.lineno}: {name} opens a path: {ADVICE}"


def test_files_of_others_are_opened_in_one_place() -> None:
    modules = {path.relative_to(ROOT).as_posix(): path for path in sorted((ROOT / "pipelines").rglob("*.py"))}
    bound = {name: path for name, path in modules.items() if name.startswith(BOUND)}
    assert len(bound) > 100
    found = [line for name, path in bound.items() for line in openings(name, path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("source", ["path.read_bytes()", "(a / b).read_text('utf-8')", "open(p)", "path.open('rb')"])
def test_an_opening_is_found(source: str) -> None:
    (found,) = openings("a.py", f"def f():\n    return {source}\n")
    assert found.startswith("a.py:2: ")


@pytest.mark.parametrize("source", ["open_file(p)", "content_of(p, largest=1)", "archive.open(member)"])
def test_what_opens_no_path_is_left_alone(source: str) -> None:
    assert not list(openings("a.py", source))
