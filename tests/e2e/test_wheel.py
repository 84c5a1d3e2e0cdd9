"""The wheel that `make wheel` builds, installed where there is no checkout.

It is installed into a separate environment; what it depends on comes from the environment of the tests, without
the links of that environment to the checkout.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT_TOOLS = tuple(
    f"dashboards/{name}" for name in ("static/vendor/build/", "package", "tsconfig.json", "biome.json", ".npmrc")
)
"""What checks the report's scripts and builds its chart library; no report needs it."""


@dataclass(frozen=True)
class Installed:
    """An environment with the wheel in it, and a person who has nothing else."""

    python: Path
    person: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.person),
            "PYTHONPATH": sysconfig.get_path("purelib"),
            "COLUMNS": "200",
        }
        return subprocess.run(command, cwd=self.person, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    install = [python, "-m", "pip", "--quiet", "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    return Installed(python, tmp_path_factory.mktemp("person"))


def test_it_carries_the_packages_and_all_their_files_and_nothing_else(wheel: Path):
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    packages = ("pipelines/", "notifications/", "dashboards/", "dbt_project/")
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if ".dist-info/" not in name}
    of_packages = {name for name in listed if name.startswith(packages)}
    assert carried <= of_packages
    left_out = {name for name in of_packages - carried if not name.endswith(".d.ts")}
    assert {name for name in left_out if not name.startswith(SCRIPT_TOOLS)} == set()


def test_a_first_run_in_an_empty_folder_makes_the_report_in_the_users_data_folder(installed: Installed):
    command = installed.python.with_name("ai-costs")
    run = installed.run(command, "run")
    assert run.returncode == 0, run.stderr
    home = installed.person / ".local" / "share" / "ai-costs"
    report = home / "sample" / "reports" / "SAMPLE-ai-costs.html"
    assert str(report) in run.stdout
    assert report.read_text().startswith("<!doctype html>")
    verified = installed.run(command, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_it_runs_what_the_wheel_brought(installed: Installed):
    found = installed.run(installed.python, "-c", "import pipelines, dashboards; print(pipelines.__file__)")
    assert Path(found.stdout.strip()).is_relative_to(installed.python.parents[1])
