"""The steps of `docs/development` are true: what they say to write is all that it takes, and it counts."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.contributed import steps
from tests.house.readme_tables import PAGES

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "docs/development"
MOST_FILES = {
    "agent": 2,
    "alert-rule": 2,
    "export-format": 2,
    "import-format": 2,
    "mart": 3,
    "panel": 5,
    "provider": 2,
}
"""How many files each kind of thing may take."""

GENERATED = {str(page.relative_to(ROOT)) for page in PAGES}
"""What `make readme` writes."""

ROOMS = (
    "tests/architecture",
    "tests/config",
    "tests/dashboards/test_panels.py",
    "tests/dashboards/test_report.py",
    "tests/dashboards/test_scripts.py",
    "tests/dbt/test_project.py",
    "tests/exports/test_file_names.py",
    "tests/exports/test_shapes.py",
    "tests/faults/test_every_source.py",
    "tests/fuzzing/test_harnesses.py",
    "tests/house/test_documents.py",
    "tests/notifications",
    "tests/sources/api/test_required.py",
    "tests/sources/imports",
    "tests/sources/local/test_every_agent.py",
    "tests/sources/local/test_renamed_counts.py",
    "tests/sources/local/test_unknown_forms.py",
    "tests/sources/local/test_working_paths.py",
    "tests/sources/test_catalogue.py",
    "tests/sources/test_reported_modifiers.py",
)
"""The tests that hold of every member of a registry, and those of the rooms that a new member meets."""


def pages() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / FOLDER).glob("*.md"))}


def run(checkout: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """A Python command in the copy, which finds the copy's modules first."""
    environ = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=checkout, env=environ, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files, those that the pages say to write, and what `make readme` makes of them."""
    copy = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    for page in pages().values():
        for path, content in steps(page):
            (copy / path).write_text(content, encoding="utf-8")
    made = run(copy, "-m", "tests.house.readme_tables")
    assert made.returncode == 0, made.stderr
    return copy


@pytest.mark.parametrize("page", MOST_FILES)
def test_a_page_names_few_files_and_none_that_is_there(page: str):
    paths = [path for path, _ in steps(pages()[page])]
    assert 0 < len(paths) <= MOST_FILES[page]
    assert len(re.findall(r"^## \d+\. ", pages()[page], flags=re.MULTILINE)) == len(paths)
    assert [path for path in paths if (ROOT / path).exists()] == []
    assert [path for path in paths if not (ROOT / path).parent.is_dir()] == []


def test_contributing_leads_to_every_page():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(re.findall(rf"\({FOLDER}/([\w-]+)\.md\)", text)) == set(pages()) == set(MOST_FILES)


def test_what_the_pages_write_is_styled_as_the_project(checkout: Path):
    for arguments in (["check", "-q"], ["format", "-q", "--check"]):
        found = run(checkout, "-m", "ruff", *arguments)
        assert found.returncode == 0, found.stdout + found.stderr


def test_the_rooms_of_a_copy_with_those_files_alone_pass(checkout: Path):
    found = run(checkout, "-m", "pytest", "-q", "-n2", "-p", "no:cacheprovider", *ROOMS)
    assert found.returncode == 0, found.stdout[-6000:] + found.stderr[-2000:]


def test_the_money_of_the_toys_counts_with_the_right_precedence(checkout: Path, tmp_path: Path):
    found = run(checkout, "-m", "tests.e2e.contributed", str(tmp_path / "person"))
    assert found.returncode == 0, found.stderr[-6000:]
    facts = json.loads(found.stdout.splitlines()[-1])
    assert facts["spend"] == [
        ["acme-quarry", "quarry_costs", "9.000000000000"],
        ["filed-quarry", "quarry_csv", "3.750000000000"],
    ]
    assert facts["candidates"] == [
        ["acme-quarry", "quarry_costs", True, "9.000000000000"],
        ["acme-quarry", "quarry_csv", False, "8.000000000000"],
        ["filed-quarry", "quarry_csv", True, "3.750000000000"],
    ]
    assert facts["ranks"] == [["mason", None, 50], ["quarry_costs", "quarry", 10], ["quarry_csv", "quarry", 12]]
    assert facts["tokens"] == [["mason", 303]]
    assert facts["projects"] == [[None, "spend", "USD"]]
    assert facts["report"]
    assert facts["export"] == ["cost_id", "cost_date"]
    assert "quarry_costs of without-key is failed" in facts["alerts"]


def test_nothing_but_those_files_was_written(checkout: Path):
    written = {path for page in pages().values() for path, _ in steps(page)}
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in set(filter(None, listed.split("\0"))) - GENERATED:
        if (ROOT / name).is_file():
            assert (checkout / name).read_bytes() == (ROOT / name).read_bytes(), name
    assert all((checkout / path).is_file() for path in written)
