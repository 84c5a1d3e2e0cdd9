"""`ai-costs verify`: the same sums at every place, or where they differ."""

from __future__ import annotations

import typer
from rich.table import Table

from pipelines import verification
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
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
        table = Table(title="SAMPLE DATA" if opened.is_sample else None)
        places = list(comparisons[0].amounts) if comparisons else []
        for column in ("what", *places, ""):
            table.add_column(column, justify="left" if column in {"what", ""} else "right")
        for comparison in comparisons:
            amounts = [f"{amount.normalize():,f}" for amount in comparison.amounts.values()]
            label = f"{comparison.measure} {comparison.currency}".strip().replace("_", " ")
            table.add_row(label, *amounts, "equal" if comparison.equal else "[red]differs[/red]")
        out.print(table)
    unequal = [str(comparison) for comparison in comparisons if not comparison.equal]
    if unequal:
        raise BuildError("these sums differ: run `ai-costs rebuild`, then verify again.\n" + "\n".join(unequal))
