"""`ai-costs export`: costs as a file, all of them or a choice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
from pipelines.domain.records import SourceKind
from pipelines.exports import formats
from pipelines.exports.costs import ExportFilter, export_costs


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="export")(export)


def export(  # noqa: PLR0917 - options, which Typer passes by name
    file_format: Annotated[str, typer.Option("--format", help="csv or json.")] = "csv",
    since: Annotated[datetime | None, typer.Option(help="First day.", formats=["%Y-%m-%d"], show_default=False)] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Last day; it counts.", formats=["%Y-%m-%d"], show_default=False)
    ] = None,
    provider: Annotated[list[str] | None, typer.Option(help="Only this provider; may be repeated.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account; may be repeated.")] = None,
    source_kind: Annotated[
        list[SourceKind] | None, typer.Option(help="Only this kind of source; may be repeated.")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Where to write. Default: exports/ of the data folder.")] = None,
    name: Annotated[str, typer.Option(help="The file's name, without its ending.")] = "costs",
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the published costs to a CSV or JSON file, with a manifest of its sums beside it."""
    if file_format not in formats():
        raise typer.BadParameter(f"there is no format {file_format!r}; there are: {', '.join(formats())}")
    if Path(name).name != name:
        raise typer.BadParameter(f"{name!r} is a path: give the folder with --folder")
    opened = home_of(home, config)
    chosen = ExportFilter(
        start=since.date() if since else None,
        end=until.date() + timedelta(days=1) if until else None,
        providers=tuple(provider or ()),
        accounts=tuple(account or ()),
        source_kinds=tuple(source_kind or ()),
    )
    with err.status("exporting"), opened.warehouse.reading() as connection:
        written = export_costs(connection, folder or opened.settings.paths.exports, name, file_format, chosen)
    if as_json:
        print_json(vars(written))
        return
    out.print(f"Wrote {written.row_count:,} rows to {written.path}", soft_wrap=True)
    for kind, by_currency in written.amounts.items():
        for currency, amount in by_currency.items():
            out.print(f"{kind.replace('_', ' ')}: {amount:,.2f} {currency}")
