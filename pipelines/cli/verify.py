"""`ai-costs verify`: every file as it was written and the same sums at every place, or where they differ."""

from __future__ import annotations

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.app import verification
from pipelines.app.verification import Verification
from pipelines.audit.conservation import Comparison
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="verify")(verify)


def verify(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check the hash of every landed file and every output, and that their sums agree to the last digit.

    It writes nothing, so that a copy of the data folder that can only be read is checked as well.
    """
    opened = home_of(home, config, writes=False)
    with err.status("adding everything up again"):
        found = verification.verify(opened)
    if as_json:
        print_json(
            {
                "sums": [{**vars(comparison), "equal": comparison.equal} for comparison in found.sums],
                "files": [{"place": place, "problem": problem} for place, problem in found.files.items()],
            }
        )
    else:
        _show(found, "SAMPLE DATA" if opened.is_sample else None)
    found.require()


def _show(found: Verification, title: str | None) -> None:
    if found.sums:
        out.print(_sums(found.sums, title))
    table = Table()
    table.add_column("file", overflow="fold")
    table.add_column("", overflow="fold")
    for place, problem in found.files.items():
        table.add_row(escape(place), "as it was written" if problem is None else f"[red]{escape(problem)}[/red]")
    out.print(table)


def _sums(comparisons: list[Comparison], title: str | None) -> Table:
    """A column for each measure, a row for each place that has it."""
    table = Table(title=title)
    table.add_column("")
    for comparison in comparisons:
        table.add_column(
            f"{comparison.measure} {comparison.currency}".strip().replace("_", " "), justify="right", overflow="fold"
        )
    for place in comparisons[0].amounts:
        table.add_row(place, *(f"{comparison.amounts[place].normalize():f}" for comparison in comparisons))
    verdicts = ["equal" if comparison.equal else "[red]differs[/red]" for comparison in comparisons]
    table.add_section()
    table.add_row("", *verdicts)
    return table
