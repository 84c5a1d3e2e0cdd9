"""The command line `ai-costs`: one file per command, each thin.

Belongs here: options, help, tables and exit codes. Does not: anything a Dagster asset or a test would also need.

Exit codes: 0 done · 1 unexpected · 2 configuration or usage · 3 a source failed, a file was refused or an alert
did not arrive, the rest was built · 4 the data folder cannot be used · 5 landing is damaged or busy · 6 a build failed
its checks and was not published · 7 nothing has been published yet · 75 another process uses what is needed: try again
later · 130 stopped by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from pipelines.cli.ending import ending_in_words
from pipelines.cli.lazy import LazyCommands

COMMANDS = {
    "run": "Read every source, build and check the figures, and publish them with exports, report and alerts.",
    "show": "Show what any span of days cost, by model, day, project or anything else.",
    "serve": "Start the Dagster UI: the asset graph, every run, the hourly schedule and the sensors. Ends with Ctrl-C.",
    "init": "Write ai-costs.yaml with every setting explained, its JSON Schema for editors, and a .env for secrets.",
    "doctor": "Check the data folder, configuration, secrets, sources, landed files and the published build.",
    "add": "Add an amount manually: a seat, a subscription, an invoice of a service without an API.",
    "import": "Check a file and, if every line is good, keep a copy to be read by the next run.",
    "withdraw": "Take back an imported file: its days no longer count from the next run on.",
    "landing": "List the generations of each feed, and restore an older one.",
    "export": "Write the published costs to a file, with a manifest of its rows, sums and hash alongside it.",
    "report": "Write the report again from what is published, and say where it is.",
    "prices": "Show what today's price list and your overrides would change against the published figures.",
    "anomalies": "List anomalies, and say which of them were right.",
    "alerts": "List alerts, silence them, and send those that wait.",
    "verify": "Check the hash of every landed file and every output, and that their sums agree to the last digit.",
    "rebuild": "Throw the working and published files away and make them again from what was landed. Asks no source.",
}
"""Every command and its summary, in the order of the help: the first sentence of what the command says of itself.

The module of that name registers it. Modules are imported when they are called; this one imports none of them.
"""


class Commands(LazyCommands):
    """The commands of `ai-costs`."""

    summaries = COMMANDS


app = typer.Typer(
    name="ai-costs",
    cls=Commands,
    help="What does our AI use cost, why, and where is it heading?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _print_version(version: bool) -> None:  # noqa: FBT001 - typer calls it
    if version:
        import importlib.metadata  # noqa: PLC0415 - only where it is asked for

        typer.echo(f"ai-costs {importlib.metadata.version('ai-cost-tracker')}")
        raise typer.Exit


@app.callback()
def _before_every_command(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; end with the exit code of the error a person has met."""
    with ending_in_words(sys.argv[1:]):
        app()
