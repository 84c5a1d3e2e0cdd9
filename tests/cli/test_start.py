"""What a command imports: the time it takes to start, in a form that a busy machine cannot falsify."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.answers.small_home import small_home
from tests.cli.conftest import Command

HEAVY = {"apprise", "dagster", "dbt", "duckdb", "holidays", "numpy", "pandas", "prophet", "pyarrow", "pydantic"} | {
    "requests",
    "sqlalchemy",
    "statsforecast",
}
"""Each takes a tenth of a second or more to import."""


def imported_by(*arguments: str) -> set[str]:
    """The libraries that `ai-costs …` has imported when it ends."""
    script = (
        "import sys, contextlib\n"
        "from pipelines.cli import main\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "print(' '.join({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], []], ids=str)
def test_help_and_version_import_no_heavy_library(arguments: list[str]):
    assert imported_by(*arguments) & HEAVY == set()


def test_a_figure_needs_the_database_and_no_other_heavy_library(tmp_path: Path):
    assert imported_by("show", "--home", str(small_home(tmp_path))) & HEAVY == {"duckdb", "pydantic"}


def test_version_is_the_installed_one(ai_costs: Command):
    assert ai_costs("--version").out == f"ai-costs {version('ai-cost-tracker')}\n"
