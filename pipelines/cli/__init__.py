"""The command line `ai-costs`: one file per command, each thin.

Belongs here: options, help, tables and exit codes. Does not: anything a Dagster asset or a test would also need.

Exit codes: 0 done · 1 unexpected · 2 configuration or usage · 3 a source failed or a file was refused, the rest
was built · 4 the data folder cannot be used · 5 landing is damaged or busy · 6 a build failed its checks and was
not published · 7 nothing has been published yet · 75 another process holds what is needed: try again later.
"""

from __future__ import annotations

import importlib
import sys

import typer
from rich.markup import escape

from pipelines.errors import CostTrackerError, HomeError

COMMANDS = (
    "run",
    "serve",
    "init",
    "doctor",
    "add",
    "import_",
    "withdraw",
    "landing",
    "export",
    "report",
    "prices",
    "alerts",
    "verify",
    "rebuild",
)

app = typer.Typer(
    name="ai-costs",
    help="What does our AI use cost, why, and where is it heading?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

for _name in COMMANDS:
    importlib.import_module(f"pipelines.cli.{_name}").register(app)


def main() -> None:
    """Run the command line; end with the exit code of the error a person has met."""
    from pipelines.cli.console import err  # noqa: PLC0415 - after the commands, so that help stays quick

    try:
        app()
    except CostTrackerError as error:
        failure = error
    except OSError as error:
        failure = unusable(error)
    else:
        return
    err.print(f"[red]error:[/red] {escape(str(failure))}", soft_wrap=True)
    sys.exit(failure.exit_code)


def unusable(error: OSError) -> HomeError:
    """What a person can do about a file that the system refuses, wherever that was met."""
    place = f"{error.filename} cannot be used" if error.filename else "a file cannot be used"
    return HomeError(
        f"{place} ({error.strerror or error}): see that there is room, that the name is not too long, and that this "
        "user may read and write it; what was written before stays"
    )
