"""What several folders of tests look at and none may change: made once, though tests run in several processes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from filelock import FileLock

from tests.e2e.installation import Installation, install

OF_WHOLE_PROCESSES = frozenset({Path(__file__).with_name("e2e"), Path(__file__).with_name("browser")})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in these folders, before `-m` chooses."""
    for item in items:
        if item.path.parent in OF_WHOLE_PROCESSES:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation whose first run was done; no test may change what it holds."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    person, finished = folder / "person", folder / "person.finished"
    with FileLock(folder / "person.lock"):
        if finished.exists():
            return Installation(person)
        installation = install(person)
        done = installation.ai_costs("run")
        assert done.returncode == 0, done.stderr
        finished.touch()
        return installation
