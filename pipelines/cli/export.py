"""`ai-costs export`: costs as a file, all of them or a choice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from pipelines.app.outputs import path_by_hand, write_standing
from pipelines.builds.store import warehouse_of
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
from pipelines.cli.export_bar import export_bar
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import ExportError
from pipelines.exports import focus, formats, standing_formats
from pipelines.exports.choice import ExportFilter, ExportShape, Preset
from pipelines.exports.costs import STANDING_NAME, default_name, export_costs
from pipelines.exports.names import with_known_names
from pipelines.presentation.formats import plain_money
from pipelines.presentation.wording import counted
from pipelines.reading.files import open_file
from pipelines.warehouse.opening import scratch


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="export")(export)


def export(  # noqa: PLR0917 - options, which Typer passes by name
    file_format: Annotated[str, typer.Option("--format", help=f"One of {', '.join(formats())}.")] = "csv",
    since: Annotated[datetime | None, typer.Option(help="First day.", formats=["%Y-%m-%d"], show_default=False)] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Last day; it counts.", formats=["%Y-%m-%d"], show_default=False)
    ] = None,
    provider: Annotated[list[str] | None, typer.Option(help="Only this provider; may be repeated.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account; may be repeated.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only this model; may be repeated.")] = None,
    project: Annotated[list[str] | None, typer.Option(help="Only this project; may be repeated.")] = None,
    cost_center: Annotated[
        list[str] | None, typer.Option(help="Only costs allocated to this cost centre; may be repeated.")
    ] = None,
    source_kind: Annotated[
        list[SourceKind] | None, typer.Option(help="Only this kind of source; may be repeated.")
    ] = None,
    preset: Annotated[Preset | None, typer.Option(help="Add up by day, week or month.")] = None,
    column: Annotated[list[str] | None, typer.Option(help="Only this column, in this order; may be repeated.")] = None,
    compress: Annotated[bool, typer.Option("--gzip", help="Compress the file.")] = False,
    footer: Annotated[
        bool, typer.Option("--footer", help="Put the sums below the rows, in lines that begin with #; only CSV.")
    ] = False,
    check: Annotated[
        Path | None, typer.Option(help="Write nothing: check this file against FOCUS 1.2.", exists=True, dir_okay=False)
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Where to write. Default: exports/ of the data folder.")] = None,
    name: Annotated[
        str | None, typer.Option(help="The file's name, without its ending. Default: costs, or chosen-costs of some.")
    ] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the published costs to a file, with a manifest of its rows, sums and hash alongside it.

    For Excel take excel-csv; for tools that read bills of any provider, focus-csv or focus-parquet.
    """
    if check is not None:
        _check(check, as_json=as_json)
        return
    if file_format not in formats():
        raise typer.BadParameter(f"there is no format {file_format!r}; there are: {', '.join(formats())}")
    _check_days(since, until)
    opened = home_of(home, config)
    chosen = ExportFilter(
        start=since.date() if since else None,
        end=until.date() + timedelta(days=1) if until else None,
        providers=tuple(provider or ()),
        accounts=tuple(account or ()),
        models=tuple(model or ()),
        projects=tuple(project or ()),
        cost_centers=tuple(cost_center or ()),
        source_kinds=tuple(source_kind or ()),
    )
    shape = ExportShape(preset, tuple(column or ()), compress, footer)
    name = default_name(chosen, shape) if name is None else name
    is_all = folder is None and name == STANDING_NAME and chosen.is_everything and shape == ExportShape()
    is_part = is_all and file_format in standing_formats()
    with warehouse_of(opened.folders).reading() as connection, export_bar(connection, "exporting", err) as bar:
        chosen = with_known_names(connection, chosen)
        if is_part:
            written = write_standing(opened, file_format, report=bar.report)
        else:
            path = path_by_hand(opened, folder, name, file_format, shape)
            written = export_costs(connection, path.parent, name, file_format, chosen, shape, report=bar.report)
    if as_json:
        print_json(vars(written))
        return
    if written.row_count == 0:
        out.print("No costs match these filters: the file has no rows.")
    out.print(f"Wrote {counted(written.row_count, 'row')} to {written.path}", soft_wrap=True)
    for kind, by_currency in written.amounts.items():
        for currency, amount in by_currency.items():
            out.print(f"{kind.replace('_', ' ')}: {plain_money(amount, currency)}")
    for reason, count in written.left_out.items():
        out.print(f"Left out: {count:,} {reason}")


def _check_days(since: datetime | None, until: datetime | None) -> None:
    """Refuse days that end before they begin.

    Raises:
        typer.BadParameter: with what is wrong.
    """
    if since and until and until < since:
        raise typer.BadParameter(f"--until {until:%Y-%m-%d} is before --since {since:%Y-%m-%d}: no day is between them")


def _check(file: Path, *, as_json: bool) -> None:
    open_file(file).close()  # DuckDB would wait for a pipe
    with scratch() as connection:
        problems = focus.check(connection, file)
    if as_json:
        print_json({"file": file, "conforms": not problems, "problems": problems})
    elif not problems:
        out.print(f"{file} conforms to FOCUS 1.2 in every rule that is checked.", soft_wrap=True, markup=False)
    if problems:
        raise ExportError(f"{file} does not conform to FOCUS 1.2:\n" + "\n".join(problems))
