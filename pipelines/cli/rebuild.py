"""`ai-costs rebuild`: everything from landing alone."""

from __future__ import annotations

import typer

from pipelines.builds.store import warehouse_of
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, locked_home, out, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="rebuild")(rebuild)


def rebuild(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Throw the working and published files away and make them again from what was landed. Asks no source."""
    from pipelines.cli.progress import step_logger  # noqa: PLC0415 - Dagster takes seconds to import
    from pipelines.defs.execution import raise_for, run_job  # noqa: PLC0415

    with locked_home(home, config) as opened:
        warehouse_of(opened.folders).discard_working()
        with err.status("starting") as status:
            result = run_job(opened, step_logger(status), from_landing=True)
    raise_for(result)
    if as_json:
        print_json({"run_id": result.run_id, "report": opened.report})
    else:
        out.print(f"Rebuilt from landing. Report: {opened.report}", soft_wrap=True, markup=False)
