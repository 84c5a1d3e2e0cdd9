"""The resource every asset is handed: the home, held by one run at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.defs.dead_runs import hold_while_alive
from pipelines.home import Home
from pipelines.state import run_lock


def home_resource(home: Home) -> dg.ResourceDefinition:
    """Hands out `home`, locked from a run's first step to its last.

    Dagster's pool orders runs of one instance; the lock also keeps out a run started from the command line.
    """

    @contextmanager
    def hold(context: dg.InitResourceContext) -> Iterator[Home]:
        if context.instance is not None and context.run_id is not None:
            hold_while_alive(context.instance, context.run_id)
        with run_lock(home.own_folders.state, lambda sentence: _note(context, sentence)):
            yield home

    return dg.ResourceDefinition(hold, description="The folders and settings of this installation.")


def _note(context: dg.InitResourceContext, sentence: str) -> None:
    if context.log is not None:
        context.log.info(sentence)
