"""`ai-costs prices`: what today's prices would change, before anything is published; and asking for it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer
from rich.table import Table

from pipelines.app import price_build
from pipelines.app.price_build import PriceChange
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
from pipelines.prices.snapshots import PriceSnapshots


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="prices")(prices)


def prices(
    restate_from: Annotated[
        datetime | None,
        typer.Option(
            "--restate-from",
            formats=["%Y-%m"],
            help="Have closed months from this one on, such as 2026-03, valued at today's prices by the next run.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what today's price list and your overrides would change against the published figures.

    The open month follows them with the next run. Closed months keep the prices they were valued at, unless you ask.
    """
    opened = home_of(home, config)
    with err.status("valuing landed usage at today's prices"):
        found = price_build.changes(opened)
    restated = (
        []
        if restate_from is None
        else PriceSnapshots(opened.folders.prices).release(restate_from.date(), opened.clock())
    )
    if as_json:
        print_json({"changes": [change._asdict() for change in found], "restated_from": restated[:1]})
        return
    if found:
        out.print(_table(found, "SAMPLE DATA" if opened.is_sample else None))
    else:
        out.print("Today's prices value everything as it is published.")
    if restated:
        out.print(
            f"The next `ai-costs run` values closed months from {restated[0]:%B %Y} on at today's prices. "
            f"Their former prices are in {PriceSnapshots(opened.folders.prices).released}.",
            soft_wrap=True,
            markup=False,
        )
    elif restate_from is not None:
        out.print(f"No closed month from {restate_from:%B %Y} on has stored prices.")
    elif any(change.is_closed for change in found):
        first = min(change.month for change in found if change.is_closed)
        out.print(
            f"Closed months stay as they are: `ai-costs prices --restate-from {first:%Y-%m}` moves them.",
            soft_wrap=True,
        )


def _table(changes: list[PriceChange], title: str | None) -> Table:
    """A row for each month and model that is worth something else, and what becomes of it."""
    table = Table(title=title)
    table.add_column("month", no_wrap=True)
    table.add_column("model", overflow="fold")
    for column in ("published", "today", "difference in USD"):
        table.add_column(column, justify="right")
    table.add_column("")
    for change in changes:
        difference = (change.today or Decimal(0)) - (change.published or Decimal(0))
        table.add_row(
            f"{change.month:%Y-%m}",
            change.model,
            *(
                "no price" if amount is None else f"{amount.normalize():f}"
                for amount in (change.published, change.today)
            ),
            f"{difference.normalize():+f}",
            "closed" if change.is_closed else "next run",
        )
    return table
