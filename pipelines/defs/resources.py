"""The resource every asset is handed: the home, held by one run at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from filelock import FileLock, Timeout

from pipelines.errors import BuildError
from pipelines.home import Home

RUN_LOCK_WAIT_SECONDS = 300


def home_resource(home: Home) -> dg.ResourceDefinition:
    """Hands out `home`, locked from a run's first step to its last.

    Dagster's pool orders runs of one instance; the lock also keeps out a run started from the command line.
    """

    @contextmanager
    def hold(_context: Any) -> Iterator[Home]:
        lock = FileLock(home.settings.paths.state / "run.lock", timeout=RUN_LOCK_WAIT_SECONDS)
        try:
            lock.acquire()
        except Timeout as error:
            raise BuildError("another run holds this home: wait until it has ended, then run again") from error
        try:
            yield home
        finally:
            lock.release()

    return dg.ResourceDefinition(hold, description="The folders and settings of this installation.")
