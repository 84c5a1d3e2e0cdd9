"""`ai-costs doctor`: what is in order, what is not, and the next step for each."""

from __future__ import annotations

import typer
from rich.table import Table

from pipelines.app import diagnosis
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="doctor")(doctor)


def doctor(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check the data folder, configuration, secrets, sources, landed files and the published build.

    Ends with 3 when something needs you; a warning, about what the figures may lack, does not change how it ends.
    """
    opened = home_of(home, config)
    with err.status("looking"):
        findings = diagnosis.examine(opened)
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        table = Table(show_lines=True)
        for column in ("what", "", "found", "next step"):
            table.add_column(column, overflow="fold")
        for finding in findings:
            table.add_row(finding.subject, _mark(finding), finding.found, finding.next_step)
        out.print(table)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(3)


def _mark(finding: diagnosis.Finding) -> str:
    if not finding.ok:
        return "[red]look[/red]"
    return "[yellow]warning[/yellow]" if finding.warning else "[green]ok[/green]"
