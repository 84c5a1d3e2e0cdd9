"""The command line `ai-costs`: one file per command, each thin.

Belongs here: options, help, tables and exit codes. Does not: anything a Dagster asset or a test would also need.

Exit codes: 0 done · 1 unexpected · 2 configuration or usage · 3 a source failed, a file was refused or an alert
did not arrive, the rest was built · 4 the data folder cannot be used · 5 landing is damaged or busy · 6 a build failed
its checks and was not published · 7 nothing has been published yet · 75 another process uses what is needed: try again
later · 130 stopped by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from types import ModuleType

import typer

from pipelines.cli.ending import ending_in_words

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
    "anomalies",
    "alerts",
    "verify",
    "rebuild",
)


def add_commands(to: typer.Typer, modules: Iterable[ModuleType]) -> None:
    """Register each module's command.

    Raises:
        ValueError: two of them have one name, of which typer would run the later.
    """
    for module in modules:
        module.register(to)
        names = [command.name for command in to.registered_commands]
        names += [group.name for group in to.registered_groups]
        if len(names) != len(set(names)):
            raise ValueError(f"{module.__name__} adds a command of a name that is taken: rename one of them")


app = typer.Typer(
    name="ai-costs",
    help="What does our AI use cost, why, and where is it heading?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

add_commands(app, [importlib.import_module(f"pipelines.cli.{name}") for name in COMMANDS])


def main() -> None:
    """Run the command line; end with the exit code of the error a person has met."""
    with ending_in_words(sys.argv[1:]):
        app()
