"""Dagster's web server behind the wall, served on a socket for as long as its services run.

Belongs here: all that `ai-costs serve` needs of Dagster itself, and of uvicorn. Does not: which requests
are admitted (`request_filter.py`), and the other processes (`guard.py`).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import uvicorn
from dagster import DagsterInstance
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from dagster_webserver.cli import DEFAULT_DB_STATEMENT_TIMEOUT, DEFAULT_POOL_MAX_OVERFLOW, DEFAULT_POOL_RECYCLE
from dagster_webserver.version import __version__

from pipelines.errors import CostTrackerError
from pipelines.front_door.addresses import Addresses
from pipelines.front_door.processes import ENDED, HomeLock, Services, services
from pipelines.front_door.request_filter import Wall

LIVE_DATA_MILLISECONDS = 2000
"""How often the UI asks for what changed in the asset graph."""

GRACE_SECONDS = 2
WATCH_SECONDS = 0.5


def serve_ui(  # noqa: PLR0917 - what a server is made of, in the order in which it is made
    instance_folder: Path,
    environment: Mapping[str, str],
    lock: HomeLock,
    listening: socket.socket,
    reached: Addresses,
    token: str,
    announce: Callable[[], None],
) -> None:
    """Serve the UI of the Dagster instance in `instance_folder`, and call `announce` when it can be opened.

    Raises:
        CostTrackerError: the services ended.
        KeyboardInterrupt: a signal ended it.
    """
    environment = {**environment, "DAGSTER_HOME": str(instance_folder)}
    # The instance comes first: of several processes that open a new one at once, all but one would fail to make it.
    with DagsterInstance.from_config(str(instance_folder)) as instance, services(environment, lock) as running:
        target = WorkspaceFileTarget([str(running.workspace)])
        # As Dagster's command does; it counts where dagster.yaml names a database server.
        instance.optimize_for_webserver(DEFAULT_DB_STATEMENT_TIMEOUT, DEFAULT_POOL_RECYCLE, DEFAULT_POOL_MAX_OVERFLOW)
        with WorkspaceProcessContext(instance, target, version=__version__) as context:
            app = create_app_from_workspace_process_context(context, reached.prefix, LIVE_DATA_MILLISECONDS)
            announce()
            asyncio.run(_answer(Wall(app, reached, token), listening, running))
        if running.have_ended:
            raise CostTrackerError(ENDED)


async def _answer(wall: Wall, listening: socket.socket, running: Services) -> None:
    """Answer requests until a signal comes or the services end; open connections then have a moment to end."""
    configuration = uvicorn.Config(
        wall,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = uvicorn.Server(configuration)

    async def watch() -> None:
        while not running.have_ended:  # noqa: ASYNC110 - another process tells nobody when it ends
            await asyncio.sleep(WATCH_SECONDS)
        server.should_exit = True

    watching = asyncio.create_task(watch())
    await server.serve([listening])
    watching.cancel()
