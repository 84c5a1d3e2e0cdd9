"""A disk that is full and a name that is too long end a command with a sentence, and leave what was there."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Command

ENTRIES = "date,provider,account,amount,currency\n2026-03-02,groq,default,12.40,USD\n"
EXPORT = "date,model,provider_name,usage,requests\n2026-03-02,m,nimbus,1,1\n"
MAPPING = """\
imports:
  files:
    - file: "bill*.csv"
      mapping: {provider: nimbus, currency: USD, columns: {date: date, amount: usage}}
"""


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file grows beyond `size` bytes in the block: what a full disk does, without one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files(folder: Path) -> set[str]:
    """Every file below a folder but locks, which are empty and stay."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


@pytest.mark.parametrize("command", ["init", "add", "import entries", "import export"])
def test_a_full_disk_is_a_sentence_and_leaves_no_part_of_a_file(ai_costs: Command, tmp_path: Path, command: str):
    (tmp_path / "entries.csv").write_text(ENTRIES)
    (tmp_path / "bill.csv").write_text(EXPORT)
    if command == "import export":
        (tmp_path / "ai-costs.yaml").write_text(MAPPING)
    arguments = {
        "init": ("init", tmp_path),
        "add": ("add", "groq", "12.40", "--date", "2026-03-02"),
        "import entries": ("import", tmp_path / "entries.csv"),
        "import export": ("import", tmp_path / "bill.csv"),
    }[command]
    before = files(tmp_path)
    with room_for(20):
        ended = ai_costs(*arguments)
    assert ended.code == 4
    assert ended.err.startswith("error: ")
    assert "File too large" in ended.err
    assert "Traceback" not in ended.err
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    "arguments", [("import", "{long}.csv"), ("init", "{long}/{long}{long}")], ids=["import", "init"]
)
def test_a_name_that_is_too_long_is_a_sentence(ai_costs: Command, tmp_path: Path, arguments: tuple[str, ...]):
    long = tmp_path / ("x" * 251)
    long.with_name(long.name + ".csv").write_text(ENTRIES)
    ended = ai_costs(*(argument.format(long=long) for argument in arguments))
    assert ended.code in {0, 4}
    assert "Traceback" not in ended.err
    assert not list(tmp_path.rglob(".writing-*"))
