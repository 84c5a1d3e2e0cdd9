"""`ai-costs anomalies`: what the past does not explain, and saying whether that was right."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from pipelines.app.anomaly_events import PublishedEvent, judge_event, published_event, published_events
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, home_of, out, print_json
from pipelines.presentation import formats
from pipelines.presentation.anomalies import DIMENSIONS, KINDS, SEVERITIES, VERDICTS, sentences, title

anomalies = typer.Typer(help="List anomalies, and say which of them were right.", no_args_is_help=True)

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The event's id, as `ai-costs anomalies list` shows it.")]
NoteOption = Annotated[str | None, typer.Option(help="Why, in a few words.", show_default=False)]
NEXT = "The next `ai-costs run` takes it into account."


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(anomalies, name="anomalies")


@anomalies.command(name="list")
def list_anomalies(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the anomalies of the published build, the newest first."""
    events = published_events(home_of(home, config))
    if as_json:
        print_json([event.row for event in events])
        return
    if not events:
        out.print("No anomalies.")
        return
    table = Table()
    for column in ("id", "anomaly", "kind", "severity", "excess", "verdict"):
        table.add_column(column, justify="right" if column == "excess" else "left")
    for event in events:
        row = event.row
        table.add_row(
            row["event_id"],
            escape(title(row)),
            KINDS[row["kind"]],
            SEVERITIES[row["severity"]],
            _money(row["excess_amount"], row),
            VERDICTS.get(row["verdict"] or "", ""),
        )
    out.print(table)


@anomalies.command()
def show(
    event_id: IdArgument, home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show one anomaly with its days and contributors."""
    event = published_event(home_of(home, config), event_id)
    if as_json:
        print_json({**event.row, "days": event.days, "contributors": event.contributors})
        return
    row = event.row
    out.print(title(row), style="bold", markup=False, soft_wrap=True)
    out.print(sentences(row, event.leading), markup=False, soft_wrap=True)
    kind, severity = KINDS[row["kind"]], SEVERITIES[row["severity"]].lower()
    early = ", early: little history" if row["confidence"] == "early" else ""
    out.print(f"{kind}, severity {severity}{early}, found on {formats.full_day(row['found_date'])}.")
    if row["verdict"]:
        note = f": {row['note']}" if row["note"] else "."
        out.print(f"{VERDICTS[row['verdict']]}{note}", markup=False, soft_wrap=True)
    out.print(_days(event))
    if event.contributors:
        out.print(_contributors(event))


@anomalies.command()
def dismiss(
    event_id: IdArgument,
    note: NoteOption = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mark it as no anomaly: similar events are reported only if they are a quarter larger."""
    _judge(event_id, "dismissed", note, home, config, as_json=as_json)


@anomalies.command()
def confirm(
    event_id: IdArgument,
    note: NoteOption = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mark it as a real anomaly: similar events are reported again."""
    _judge(event_id, "confirmed", note, home, config, as_json=as_json)


@anomalies.command()
def expected(
    event_id: IdArgument,
    note: NoteOption = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Mark it as expected, such as a launch: its days do not count as usual."""
    _judge(event_id, "expected", note, home, config, as_json=as_json)


def _judge(
    event_id: str, verdict: str, note: str | None, home: HomeOption, config: ConfigOption, *, as_json: bool
) -> None:
    event = judge_event(home_of(home, config), event_id, verdict, note)
    if as_json:
        print_json({"event_id": event_id, "verdict": verdict, "note": note})
        return
    out.print(f"{VERDICTS[verdict]}: {title(event.row)} ({event_id}). {NEXT}", markup=False, soft_wrap=True)


def _days(event: PublishedEvent) -> Table:
    table = Table()
    for column in ("day", "actual", "expected"):
        table.add_column(column, justify="left" if column == "day" else "right")
    for day in event.days:
        amounts = (_money(day[f"{name}_amount"], event.row) for name in ("actual", "expected"))
        table.add_row(formats.full_day(day["event_date"]), *amounts)
    return table


def _contributors(event: PublishedEvent) -> Table:
    table = Table()
    for column in ("contributor", "excess", "share", "volume", "mix", "price", "other"):
        table.add_column(column, justify="left" if column == "contributor" else "right")
    for each in event.contributors:
        table.add_row(
            escape(DIMENSIONS[each["dimension"]] + each["dimension_value"]),
            _money(each["excess_amount"], event.row),
            formats.percent(Decimal(str(each["share"]))),
            *(_money(each[f"{part}_amount"], event.row) for part in ("volume", "mix", "price")),
            _money(sum(each[f"{part}_amount"] for part in ("new", "gone", "other")), event.row),
        )
    return table


def _money(amount: float | None, row: dict[str, Any]) -> str:
    return "unknown" if amount is None else formats.money(Decimal(str(amount)), row["currency"])
