"""The resource every asset is handed: the home, held by one run at a time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.app.home import Home
from pipelines.defs.dead_runs import lock_while_alive
from pipelines.state import run_lock


def home_resource(home: Home) -> dg.ResourceDefinition:
    """Hands out `home`, locked from a run's first step to its last.

    Dagster's pool orders runs of one instance; the lock also keeps out a run started from the command line.
    """

    @contextmanager
    def hold(context: dg.InitResourceContext) -> Iterator[Home]:
        if context.instance is not None and context.run is not None:
            lock_while_alive(context.instance, context.run.run_id)
        log = context.log or dg.get_dagster_logger()
        with _warnings_in(log), run_lock(home.persons_folders.state, log.info):
            yield home

    return dg.ResourceDefinition(hold, description="The folders and settings of this installation.")


class _RunLog(logging.Handler):
    """Puts what the rooms below warn of, such as a damaged file that was set aside, among the events of a run."""

    def __init__(self, log: logging.Logger) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.warning(record.getMessage())


@contextmanager
def _warnings_in(log: logging.Logger) -> Iterator[None]:
    logger, handler = logging.getLogger("pipelines"), _RunLog(log)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
