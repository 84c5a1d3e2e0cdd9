"""What is not a file, where a command expects one: refused at once, with a sentence and the code of its class."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.e2e.installation import Installation
from tests.reading.hostile import KINDS, Kind, at_once


@dataclass(frozen=True)
class Door:
    """A command, the path that it reads, and how it ends; `is_argument`: the command line itself looks for it."""

    command: str
    path: str
    code: int
    is_argument: bool = True


DOORS = (
    Door("add groq 1.00 --date 2026-03-02", "data/manual/entries.csv", 3, is_argument=False),
    Door("doctor", "data/ai-costs.yaml", 2, is_argument=False),
    Door("import bill.csv", "bill.csv", 3),
    Door("import --preview bill.csv", "bill.csv", 3),
    Door("export --check bill.csv", "bill.csv", 4),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.command)
def test_a_command_refuses_what_is_not_a_file(ai_costs: Command, tmp_path: Path, kind: Kind, door: Door):
    path = tmp_path / door.path
    path.parent.mkdir(parents=True, exist_ok=True)
    kind.make(path)
    with at_once():
        ended = ai_costs(*door.command.split())
    if door.is_argument and not path.exists():
        assert ended.code == 2
        assert "does not exist" in ended.err
        return
    assert ended.code == door.code
    assert kind.words in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize(
    "file",
    [
        "landing/manual/*/manifest.json",
        "landing/manual/*/days/*.parquet",
        "prices/*.json",
        "state/extractions.json",
        "exports/costs.csv",
        "exports/costs.csv.manifest.json",
        "reports/ai-costs.html",
        "warehouse/published.duckdb",
    ],
)
def test_a_pipe_in_the_place_of_what_this_program_wrote_is_not_waited_for(
    ai_costs: Command, started: Installation, tmp_path: Path, file: str
):
    home = started.copy(tmp_path / "harmed").data
    path = next(home.glob(file))
    path.unlink()
    os.mkfifo(path)
    for command in ("doctor", "verify", "export", "report", "prices"):
        with at_once():
            ended = ai_costs(command, "--home", home)
        assert "Traceback" not in ended.out + ended.err
        assert ended.code in {0, 3, 4, 5, 6}, ended.err
        if command == "verify":
            assert (ended.code == 0) is (file == "state/extractions.json")
