"""What is checked in: locks that contain everything and name no place, pinned actions, and no path of a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = (ROOT / "requirements/run.lock").read_text(encoding="utf-8")
TEST = (ROOT / "requirements/test.lock").read_text(encoding="utf-8")
FUZZ = (ROOT / "requirements/fuzz.lock").read_text(encoding="utf-8")
AUDIT = (ROOT / "requirements/audit.lock").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))

ADDRESS = re.compile(r"\w+://|--(extra-)?index-url|--find-links|file:")
MACHINE = re.compile(r"/root/|/(?:home|Users)/(?!you/|someone/|maya/)[\w.-]+/")
"""A home folder; the names let through are those of nobody, in documents, tests and the sample company."""


def pins(lock: str) -> set[tuple[str, str, str]]:
    """(name, version, marker) of each entry."""
    found = re.findall(r"^([\w.-]+)==(\S+)(?: ; (.*?))? \\$", lock, flags=re.MULTILINE)
    return {(canonicalize_name(name), version, marker) for name, version, marker in found}


def unmet(lock: str, requirements: list[str]) -> list[str]:
    """The requirements that no entry of `lock` satisfies."""
    locked = pins(lock)
    return [
        text
        for text in requirements
        if not any(
            name == canonicalize_name(Requirement(text).name) and Requirement(text).specifier.contains(version)
            for name, version, _ in locked
        )
    ]


def test_the_locks_hold_each_dependency() -> None:
    groups = PYPROJECT["dependency-groups"]
    assert unmet(RUN, PYPROJECT["project"]["dependencies"] + groups["setup"]) == []
    assert unmet(TEST, PYPROJECT["project"]["dependencies"] + groups["setup"] + groups["dev"]) == []
    assert unmet(FUZZ, groups["fuzz"]) == []
    assert unmet(AUDIT, groups["audit"]) == []


def test_a_lock_that_lacks_a_dependency_is_noticed() -> None:
    lock = "duckdb==2.0.0 \\\n    --hash=sha256:00\n"
    assert unmet(lock, ["duckdb>=2.0,<2.1", "duckdb>=3", "prophet"]) == ["duckdb>=3", "prophet"]


def test_what_may_test_may_run() -> None:
    # make test marks run as ready too, so test.lock must hold run.lock at the same versions.
    assert {(name, version) for name, version, _ in pins(RUN)} <= {(name, version) for name, version, _ in pins(TEST)}


@pytest.mark.parametrize(
    ("lock", "least"), [(RUN, 50), (TEST, 50), (FUZZ, 1), (AUDIT, 20)], ids=["run", "test", "fuzz", "audit"]
)
def test_a_lock_names_no_place_and_hashes_everything(lock: str, least: int) -> None:
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)[1:]
    assert not ADDRESS.search(lock)
    assert len(entries) >= least
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_pins_its_actions_and_gives_no_more_than_it_must(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert len(used) == len([step for step in steps(workflow) if "uses" in step])
    loose = [
        action
        for action, comment in used
        if not re.search(r"@[0-9a-f]{40}$", action) or not re.fullmatch(r" # v\d+\.\d+\.\d+", comment)
    ]
    assert loose == []
    assert workflow["permissions"] == {}
    assert all({"permissions", "timeout-minutes"} <= set(job) for job in workflow["jobs"].values())
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False] * len(checkouts)


def test_continuous_integration_runs_the_targets_of_make() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    runs = " ".join(step.get("run", "") for step in steps(workflow))
    assert {"make test", "make run"} <= set(re.findall(r"make \w+", runs))
    assert "make ${{ matrix.target }}" in runs
    assert workflow["jobs"]["processes"]["strategy"]["matrix"]["target"] == ["e2e", "long"]
    script = (ROOT / ".ci/run").read_text().splitlines()
    assert [line for line in script if line.startswith("make ")] == ["make test", "make e2e"]


def test_no_tracked_file_holds_a_path_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    found = []
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or path.suffix in {".png", ".parquet", ".xz"} or path == Path(__file__) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if MACHINE.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert len(listed.stdout.split(b"\0")) > 50
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("line", "of_a_machine"),
    [
        ("/root/x", True),
        ("/home/ada/x", True),
        ("/Users/ada/x", True),
        ("/home/you/x", False),
        ("the /home page", False),
    ],
)
def test_a_path_of_a_machine_is_told_from_others(line: str, of_a_machine: bool) -> None:  # noqa: FBT001 - a table's cell
    assert bool(MACHINE.search(line)) is of_a_machine
