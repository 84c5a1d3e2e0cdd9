"""`ai-costs serve`: the Dagster UI with schedules and sensors on."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from pipelines.cli.console import ConfigOption, HomeOption, home_of, out
from pipelines.config import current_environment


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="serve")(serve)


def serve(
    home: HomeOption = None,
    config: ConfigOption = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on. The UI has no password: keep it local.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 3000,
) -> None:
    """Start the Dagster UI: the asset graph, every run, the hourly schedule and the sensors. Ends with Ctrl-C."""
    from pipelines.defs.execution import prepare_instance  # noqa: PLC0415 - Dagster takes seconds to import

    opened = home_of(home, config)
    # Each run opens the person's own home anew, so that what is there by then counts and not the sample company.
    environment = {
        **current_environment(),
        "DAGSTER_HOME": str(prepare_instance(opened.own_folders)),
        "AI_COSTS_HOME": str(opened.own_folders.home),
    }
    if config is not None:
        environment["AI_COSTS_CONFIG"] = str(config.absolute())
    out.print(f"The Dagster UI will be at http://{host}:{port}")
    command = [sys.executable, "-m", "dagster", "dev", "-m", "pipelines.definitions", "-h", host, "-p", str(port)]
    os.execve(sys.executable, command, environment)  # noqa: S606 - this process becomes Dagster's
