"""`ai-costs add`: one manual entry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.app.home import utc_now
from pipelines.app.known_names import known_names
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, out, print_json
from pipelines.config import current_environment, ensure_home, load_settings
from pipelines.sources.manual.adding import FILE_NAME, append_entry
from pipelines.sources.manual.guidance import known, where


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="add")(add)


def _show_where(provider: str | None) -> None:
    """Say where the figures of `provider` are found, and end."""
    if provider is None:
        return
    found = where(provider)
    if found is None:
        raise typer.BadParameter(f"unknown provider {provider!r}: {known(provider)}")
    out.print(found, soft_wrap=True, markup=False)
    raise typer.Exit


def add(  # noqa: PLR0917 - options, which Typer passes by name
    provider: Annotated[str, typer.Argument(help="Who sells it: groq, cursor, …")],
    amount: Annotated[str, typer.Argument(help="The amount, such as 40.00; put -- before a negative one.")],
    account: Annotated[str, typer.Option(help="The account it belongs to.")] = "default",
    currency: Annotated[str, typer.Option(help="ISO 4217 code.")] = "USD",
    date: Annotated[str, typer.Option(help="The day, as 2026-04-30. Default: today.", show_default=False)] = "",
    period_start: Annotated[
        str, typer.Option(help="First day of a period, instead of a date.", show_default=False)
    ] = "",
    period_end: Annotated[str, typer.Option(help="Last day of the period; it counts.", show_default=False)] = "",
    category: Annotated[str, typer.Option(help="usage, subscription, seat, purchase, credit or tax.")] = "usage",
    model: Annotated[str, typer.Option(help="The model, if it is for one.", show_default=False)] = "",
    project: Annotated[str, typer.Option(help="The project, if it is for one.", show_default=False)] = "",
    tokens: Annotated[str, typer.Option(help="How many tokens it paid for.", show_default=False)] = "",
    requests: Annotated[str, typer.Option(help="How many requests it paid for.", show_default=False)] = "",
    note: Annotated[str, typer.Option(help="A note stored with the entry.", show_default=False)] = "",
    replaces_source: Annotated[
        bool, typer.Option("--replaces-source", help="This entry replaces what was fetched for this account and time.")
    ] = False,
    _where: Annotated[
        str | None,
        typer.Option(
            "--where",
            metavar="PROVIDER",
            callback=_show_where,
            is_eager=True,
            help="Say where this provider shows its figures, and end.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an amount manually: a seat, a subscription, an invoice of a service without an API.

    It goes into manual/entries.csv of the data folder, which you may edit, and counts from the next run on.
    """
    environ = current_environment()
    settings = load_settings(home=home, config=config, environ=environ, cwd=Path.cwd(), known=known_names())
    ensure_home(settings.paths)
    today = utc_now().date()
    cells = {
        "date": date or ("" if period_start or period_end else str(today)),
        "period_start": period_start,
        "period_end": period_end,
        "provider": provider,
        "account": account,
        "amount": amount,
        "currency": currency,
        "model": model,
        "project": project,
        "category": category,
        "tokens": tokens,
        "requests": requests,
        "note": note,
        "replaces_source": "yes" if replaces_source else "",
    }
    entry_id = append_entry(settings.paths.manual, cells, today)
    file = settings.paths.manual / FILE_NAME
    if as_json:
        print_json({"entry_id": entry_id, "file": file})
    else:
        out.print(f"Added {entry_id} to {file}; it counts from the next run on.", soft_wrap=True, markup=False)
