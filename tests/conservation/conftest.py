"""One installation for the whole folder, and a copy of it for each test that harms something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.app.home import Home
from tests.conservation.installed import home_at, install


@pytest.fixture(scope="session")
def person(tmp_path_factory: pytest.TempPathFactory, parsed: Path) -> Path:
    folder = tmp_path_factory.mktemp("person")
    shutil.copytree(parsed, folder / "data" / "state" / "dbt")
    install(folder)
    return folder


@pytest.fixture
def untouched(person: Path) -> Home:
    return home_at(person)


@pytest.fixture
def home(person: Path, tmp_path: Path) -> Home:
    """A copy, for the test to harm."""
    shutil.copytree(person, tmp_path / "person", symlinks=True)
    return home_at(tmp_path / "person")
