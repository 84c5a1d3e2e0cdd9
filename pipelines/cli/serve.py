"""`ai-costs serve`: the Dagster UI with schedules and sensors on, behind a wall that lets in one person's browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import ConfigOption, HomeOption, err, home_of, out
from pipelines.config import current_environment
from pipelines.errors import ConfigError
from pipelines.front_door.access_token import access_token
from pipelines.front_door.addresses import addresses


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="serve")(serve)


def serve(
    home: HomeOption = None,
    config: ConfigOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 is any that is free.", min=0, max=65535)] = 3000,
    show_url: Annotated[
        bool, typer.Option("--show-url", help="Print the address of the running UI, and exit.")
    ] = False,
) -> None:
    """Start the Dagster UI: the asset graph, every run, the hourly schedule and the sensors. Ends with Ctrl-C.

    It prints one address, which lets a browser in; every other request is refused.
    """
    opened = home_of(home, config)
    settings_used, state = opened.instead_of or opened.settings, opened.persons_folders.state
    if show_url:
        _show_url(state)
        return
    from pipelines.defs.instance import prepare_instance  # noqa: PLC0415 - Dagster takes seconds to import
    from pipelines.front_door.processes import hold, listening, until_signalled  # noqa: PLC0415 - not on Windows
    from pipelines.front_door.ui import serve_ui  # noqa: PLC0415 - Dagster again

    # Each run opens the person's home again, so that what is there by then counts and not the sample company.
    environment = current_environment() | {"AI_COSTS_HOME": str(settings_used.paths.home)}
    if config is not None:
        environment["AI_COSTS_CONFIG"] = str(config.absolute())
    public_url = settings_used.configuration.serve.public_url
    with until_signalled(), hold(state) as lock, listening(host, port) as taken:
        reached = addresses(host, taken.getsockname()[1], None if public_url is None else str(public_url))
        lock.note(reached.url)
        token = access_token(state)
        err.print("The Dagster UI is starting …")
        serve_ui(
            prepare_instance(settings_used.paths),
            environment,
            lock,
            taken,
            reached,
            token,
            lambda: _announce(reached.url, token),
        )


def _announce(url: str, token: str) -> None:
    """Print the address. Where output goes to a file or a journal, the token stays out of it."""
    if out.is_terminal:
        out.print(f"The Dagster UI is at [bold]{url}/?token={token}[/bold]", soft_wrap=True)
    else:
        message = f"The Dagster UI is at {url}/; `ai-costs serve --show-url` prints the address that opens it."
        out.print(message, soft_wrap=True)
    err.print("Schedules and sensors are on. Ctrl-C ends all of it.")


def _show_url(state: Path) -> None:
    from pipelines.front_door.processes import serving  # noqa: PLC0415 - not on Windows

    url = serving(state)
    if url is None:
        raise ConfigError("the UI of this data folder is not running: start it with `ai-costs serve`")
    out.print(f"{url}/?token={access_token(state)}", soft_wrap=True, markup=False)
