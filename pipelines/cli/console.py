"""What every command shares: its common options, and how it speaks to people and to machines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from pipelines.config import current_environment
from pipelines.home import Home, open_home

out = Console(highlight=False)
"""Results."""
err = Console(stderr=True, highlight=False)
"""Progress and errors, so that results can be piped."""

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home", help="The data folder. Default: AI_COSTS_HOME, else data/ in the checkout.", show_default=False
    ),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="The configuration. Default: ai-costs.yaml in this folder, else in the data folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for machines instead of tables.")]


def home_of(home: Path | None, config: Path | None) -> Home:
    """The home a command's options name."""
    return open_home(current_environment(), home=home, config=config)


def print_json(value: Any) -> None:
    """Print `value` as JSON; amounts and moments become text."""
    out.out(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode(), highlight=False)
