"""What several folders of tests look at and none may change: made once, though tests run in several processes."""

from __future__ import annotations

import os

import pytest
from filelock import FileLock

from tests.e2e.installation import Installation, install


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
