"""`ai-costs report`: the report of the published build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.app.outputs import write_report, write_report_to
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
from pipelines.errors import ConfigError

ENDINGS = {".html", ".htm"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="report")(report)


def report(
    output: Annotated[
        Path | None, typer.Option(help="The file to write. Default: reports/ of the data folder.")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report again from what is published, and say where it is. It holds your costs: mind who gets it."""
    if output is not None and output.suffix.lower() not in ENDINGS:
        raise ConfigError(f"{output} is not the name of a page: use a name that ends in .html")
    opened = home_of(home, config)
    target = output or opened.report
    with err.status("drawing the report"):
        facts = write_report_to(opened, output) if output else write_report(opened)
    if as_json:
        print_json({"path": str(target.absolute()), "rows": facts.rows, "bytes": facts.bytes})
    else:
        out.print(f"Report: {target.absolute()}", soft_wrap=True)
    if open_it:
        typer.launch(str(target.absolute()))
