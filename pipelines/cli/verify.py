"""`ai-costs verify`: the same sums at every place, or where they differ."""

from __future__ import annotations

import typer
from rich.table import Table

from pipelines import verification
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
from pipelines.conservation import Comparison
from pipelines.errors import BuildError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="verify")(verify)


def verify(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check every landed file's hash, and that landing, facts, exports and report say the same to the last digit."""
    opened = home_of(home, config)
    with err.status("adding everything up again"):
        comparisons = verification.verify(opened)
    if as_json:
        print_json([{**vars(comparison), "equal": comparison.equal} for comparison in comparisons])
    else:
        _show(comparisons, "SAMPLE DATA" if opened.is_sample else None)
    unequal = [str(comparison) for comparison in comparisons if not comparison.equal]
    if unequal:
        raise BuildError("these sums differ: run `ai-costs rebuild`, then verify again.\n" + "\n".join(unequal))


def _show(comparisons: list[Comparison], title: str | None) -> None:
    """A column for each measure, a row for each place it stands."""
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
    out.print(table)
