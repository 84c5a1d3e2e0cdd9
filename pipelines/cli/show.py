"""`ai-costs show`: what a span of days cost, from the published build."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.table import Table

from pipelines.answers.costs import DIMENSIONS, PERIODS, Cost, CostFilter, costs, missing_days, total
from pipelines.answers.published import Published, published
from pipelines.answers.spans import NAMED, Span, span_of
from pipelines.cli.console import HomeOption, JsonOption, out, print_json
from pipelines.config import current_environment, home_folder
from pipelines.errors import ConfigError
from pipelines.presentation import formats
from pipelines.presentation.wording import counted, listed

OVERVIEW = ("today", "yesterday", "week", "last-week", "month", "last-month")
BARS = "▁▂▃▄▅▆▇█"
MOST_BARS = 60
MOST_ROWS = 20
NOT_REPORTED = "(not reported)"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="show")(show)


def show(  # noqa: PLR0917 - options, which Typer passes by name
    span: Annotated[
        str | None,
        typer.Argument(
            help=f"{', '.join(NAMED)}, 30d, 2026-11, 2026-11-05 or 2026-11-01..2026-11-15. Left out: an overview.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[str | None, typer.Option(help=f"Add up by {', '.join(DIMENSIONS)}.", show_default="model")] = None,
    provider: Annotated[list[str] | None, typer.Option(help="Only this provider; may be repeated.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="Only this model; may be repeated.")] = None,
    project: Annotated[list[str] | None, typer.Option(help="Only this project; may be repeated.")] = None,
    account: Annotated[list[str] | None, typer.Option(help="Only this account; may be repeated.")] = None,
    every: Annotated[bool, typer.Option("--all", help=f"Every row, not the {MOST_ROWS} largest.")] = False,
    home: HomeOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with exact amounts.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what any span of days cost, by model, day, project or anything else.

    Spend and the list-price value of subscriptions are apart. Figures are those of the published build; days are UTC.
    """
    only = CostFilter(*(tuple(values or ()) for values in (provider, model, project, account)))
    if by is not None and by not in DIMENSIONS:
        raise ConfigError(f"--by {by}: costs are added up by {', '.join(DIMENSIONS)}")
    with published(home_folder(home, current_environment())) as build:
        if span is None and by is None:
            spans = [span_of(name, build.today) for name in OVERVIEW]
            rows = [(each, total(costs(build, each, "day", only))) for each in spans]
            shown: Any = [_as_row(each.label, row, first=each.first, last=each.last) for each, row in rows]
            answer = _overview(build, rows, only)
        else:
            chosen, dimension = span_of(span or "month", build.today), by or "model"
            found = costs(build, chosen, dimension, only)
            shown = [_as_row(row.value, row) for row in found]
            answer = _table(build, chosen, dimension, found, only, most=None if every else MOST_ROWS)
        if as_json:
            print_json({"currency": build.currency, "as_of": build.as_of, "is_sample": build.is_sample, "rows": shown})
        elif as_csv:
            _print_csv(shown)
        else:
            for part in answer:
                out.print(part, soft_wrap=isinstance(part, str), markup=False)


def _as_row(value: str | None, row: Cost, **more: Any) -> dict[str, Any]:
    amounts = {"spend": row.spend, "list_price_value": row.list_price_value, "provisional": row.provisional}
    others = {currency: _plain(amount) for currency, amount in row.other_amounts.items()}
    return {
        "value": value,
        **more,
        **{name: _plain(amount) for name, amount in amounts.items()},
        "other_currencies": others,
        "tokens": row.tokens,
        "unpriced_tokens": row.unpriced_tokens,
    }


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"


def _print_csv(rows: Sequence[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
    for row in rows:
        others = " ".join(f"{amount} {currency}" for currency, amount in row["other_currencies"].items())
        writer.writerow({**row, "other_currencies": others}.values())


def _overview(build: Published, rows: Sequence[tuple[Span, Cost]], only: CostFilter) -> Iterable[Any]:
    yield _heading(build)
    table = _empty_table(build, "")
    for span, row in rows:
        table.add_row(span.label.capitalize(), *_cells(row, build))
    yield table
    month = span_of("30d", build.today)
    yield f"{month.label.capitalize()}  {_sparkline(costs(build, month, 'day', only), month)}"
    yield from _notes(build, rows[-1][0].first, build.today, total([row for _, row in rows[-2:]]))


def _table(
    build: Published, span: Span, by: str, rows: Sequence[Cost], only: CostFilter, *, most: int | None
) -> Iterable[Any]:
    yield _heading(build)
    if not rows:
        yield f"Nothing is recorded for {span.label}."
        return
    table = _empty_table(build, by.capitalize())
    shown = rows if by in PERIODS or most is None else rows[:most]
    for row in shown:
        table.add_row(row.value or NOT_REPORTED, *_cells(row, build))
    if folded := rows[len(shown) :]:
        table.add_row(f"{counted(len(folded), 'other')} (--all)", *_cells(total(folded), build))
    table.add_section()
    table.add_row(f"Total, {span.label}", *_cells(total(rows), build), style="bold")
    yield table
    first, last = max(span.first, build.first_day or span.first), min(span.last, build.today)
    if (last - first).days > 1 and by not in PERIODS:
        days = Span(max(first, last - timedelta(days=MOST_BARS - 1)), last, "")
        yield f"{formats.days(days.first, days.last)}  {_sparkline(costs(build, days, 'day', only), days)}"
    yield from _notes(build, first, last, total(rows))


def _heading(build: Published) -> str:
    age = datetime.now(UTC) - build.as_of
    sample = "SAMPLE DATA · " if build.is_sample else ""
    return f"{sample}{build.organisation or 'AI costs'} · published {_ago(age)} · days are UTC"


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds() // 60)
    for length, unit in ((60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= length:
            return f"{counted(minutes // length, unit)} ago"
    return "just now"


def _empty_table(build: Published, title: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(title, overflow="fold", min_width=12)
    for name in (f"Spend {build.currency}", "List-price value", "Tokens"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("")
    return table


def _cells(row: Cost, build: Published) -> tuple[str, ...]:
    others = f"+ {formats.plain_sums(row.other_amounts)}" if row.other_amounts else ""
    return (
        formats.plain_number(row.spend, build.currency),
        formats.plain_number(row.list_price_value, build.currency) if row.list_price_value else "",
        formats.tokens(row.tokens) if row.tokens is not None else "",
        others,
    )


def _sparkline(rows: Sequence[Cost], span: Span) -> str:
    spend = {row.value: row.spend for row in rows}
    days = [span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1)]
    amounts = [max(spend.get(day.isoformat(), Decimal(0)), Decimal(0)) for day in days]
    largest = max(amounts) or Decimal(1)
    return "".join(BARS[int(amount / largest * (len(BARS) - 1))] for amount in amounts)


def _notes(build: Published, first: date, last: date, row: Cost) -> Iterable[str]:
    if row.other_amounts:
        yield f"Not in the sums, for want of an exchange rate: {formats.plain_sums(row.other_amounts)}."
    if row.unpriced_tokens:
        yield f"Not in the sums, for want of a price: {formats.tokens(row.unpriced_tokens)} tokens."
    if row.provisional:
        yield f"May still change: {formats.plain_money(row.provisional, build.currency)} of the spend is provisional."
    for provider, days in missing_days(build, Span(first, last, "")).items():
        named = [formats.day(day) for day in days[:3]] + ([counted(len(days) - 3, "more day")] if days[3:] else [])
        yield f"Missing: {provider} has not delivered {listed(named)}."
