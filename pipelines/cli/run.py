"""`ai-costs run`: everything once, then what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from notifications.delivery import DeliveryReport
from pipelines.app import alerting, delivery
from pipelines.app.heartbeat import send_heartbeat
from pipelines.app.home import Home
from pipelines.app.outputs import write_scheduled_exports
from pipelines.app.published import summarise
from pipelines.app.refresh import OFFLINE
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, locked_home, out, print_json
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import MOST_PROBLEMS, BusyError, DeliveryError, ExportError, SourceError
from pipelines.exports.scheduled import ScheduledOutcome
from pipelines.failures.lower_errors import explained
from pipelines.presentation.formats import plain_money
from pipelines.presentation.wording import counted, first_of
from pipelines.sources.manual import expected
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status

NOT_LOST = "Alerts that were not given up are sent again later; `ai-costs alerts test CHANNEL` shows what is wrong"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="run")(run)


AgainFrom = Annotated[
    datetime | None,
    typer.Option(
        "--again-from",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="Ask providers again for every day from this one on. Days that they no longer have stay as they are.",
        show_default=False,
    ),
]
NoNetwork = Annotated[
    bool, typer.Option("--no-network", help="Use no network: read only sources on this computer, and send no alerts.")
]


def run(
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    again_from: AgainFrom = None,
    no_network: NoNetwork = False,
) -> None:
    """Read every source, build and check the figures, and publish them with exports, report and alerts.

    Needs no configuration: it finds coding-agent logs on this computer. With nothing to count it runs a sample
    company, marked as sample. Running it twice changes nothing; while another run works here it waits, and ends with 75
    when that takes longer than five minutes. What the figures may lack, such as lines
    that could not be read or models without a price, is listed below them. Ends with 3 when a source failed, a file was
    refused, an export of ai-costs.yaml was not written or an alert did not arrive (everything else was made), and with
    6 when a build did not pass its checks and was not published.
    """
    with locked_home(home, config) as opened_home:
        opened = replace(opened_home, uses_network=not no_network)
        if again_from is not None:
            if again_from.date() > opened.clock().date():
                raise typer.BadParameter(f"{again_from:%Y-%m-%d} is yet to come", param_hint="--again-from")
            opened = replace(opened, again_from=again_from.date())
        delivered = refresh(opened)
        summary = summarise(opened)
        exports = scheduled_exports(opened)
        bad = [
            outcome
            for outcome in OutcomeLog(opened.folders.outcomes).all()
            if outcome.status in {Status.FAILED, Status.REFUSED}
        ]
    summary["alerts"] = vars(delivered)
    summary["scheduled_exports"] = [vars(outcome) for outcome in exports]
    if as_json:
        print_json(summary)
    else:
        _show(opened, summary)
    if no_network:
        bad = [outcome for outcome in bad if outcome.feed.source_kind is not SourceKind.API]
    if bad:
        raise SourceError("\n".join(first_of(_failures(bad), MOST_PROBLEMS)))
    if problems := [outcome.problem for outcome in exports if outcome.problem is not None]:
        raise ExportError("\n".join(problems))
    if delivered.problems:
        raise DeliveryError("\n".join(first_of([*delivered.problems, NOT_LOST], MOST_PROBLEMS)))


def _failures(bad: list[Outcome]) -> list[str]:
    """A line for each source that failed, and one for all that could not be reached."""
    unreached = [outcome for outcome in bad if (outcome.message or "").startswith(OFFLINE)]
    lines = [f"{outcome.feed}: {outcome.message}" for outcome in bad if outcome not in unreached]
    if unreached:
        feeds = ", ".join(str(outcome.feed) for outcome in unreached)
        effect = f"landed data is unchanged, and sources on this computer were read. Not read: {feeds}"
        lines.insert(0, f"{OFFLINE}: {effect}. {(unreached[0].message or '').removeprefix(OFFLINE + ': ')}")
    return lines


def refresh(home: Home) -> DeliveryReport:
    """Run the job and send what is due; a run that fails where no terminal shows it is alerted.

    Alerts are looked for again even if nothing changed: a run that was killed may have published without them.

    Raises:
        CostTrackerError: a step failed; the previous build stays published.
    """
    # Dagster and dbt take seconds to import; help and errors of usage should not wait for them.
    from pipelines.cli.progress import step_logger  # noqa: PLC0415
    from pipelines.defs.execution import raise_for, run_job  # noqa: PLC0415

    run_id = uuid.uuid4().hex  # of a run that fails before Dagster has given it one
    with err.status("starting") as status:
        try:
            result = run_job(home, step_logger(status))
            run_id = result.run_id
            raise_for(result)
        except Exception as error:
            _alert_if_unwatched(home, run_id, error)
            raise
        report = DeliveryReport()
        if home.settings.configuration.channels and home.uses_network:
            status.update("sending alerts")
            alerting.evaluate(home)
            report = delivery.deliver(home)
    if (problem := send_heartbeat(home)) is not None:
        err.print(problem, style="yellow", soft_wrap=True, markup=False)
    return report


def _alert_if_unwatched(home: Home, run_id: str, error: Exception) -> None:
    """Alert about a run that failed, unless a person reads of it in a terminal or another run is at work."""
    meant = explained(error)
    if err.is_terminal or isinstance(meant, BusyError):
        return
    if home.settings.configuration.channels and home.uses_network:
        try:
            alerting.report_failed_run(home, run_id, "refresh_costs", str(meant or type(error).__name__))
        except Exception as failure:  # noqa: BLE001 - the error of the run is the one to end with
            reason = explained(failure) or type(failure).__name__
            err.print(f"no alert about it could be sent: {reason}", style="yellow", soft_wrap=True, markup=False)


def scheduled_exports(home: Home) -> list[ScheduledOutcome]:
    """The exports of ai-costs.yaml in their present state; one that is missing, as after a full disk, is written."""
    exports = home.settings.configuration.exports
    return write_scheduled_exports(home, exports) if exports else []


def _show(home: Home, summary: dict[str, Any]) -> None:
    table = Table(title="SAMPLE DATA, nobody's bill" if home.is_sample else None, title_style="bold yellow")
    table.add_column("source", overflow="fold", min_width=20)
    for column in ("days", "rows", "cost"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("last read", no_wrap=True)
    for feed in summary["sources"]:
        amounts = [row for row in summary["costs"] if (row["source"], row["feed"]) == (feed["source"], feed["feed"])]
        table.add_row(
            f"[bold]{escape(feed['feed'])}[/bold]\n{feed['source']} ({feed['source_kind']})",
            str(feed["days_with_data"]),
            f"{feed['row_count']:,}",
            "\n".join(f"{_amount(row)}\n[dim]{_basis(row)}[/dim]" for row in amounts) or "none",
            _freshness(feed),
        )
    out.print(table)
    for feed in summary["sources"]:
        if feed["source"] == expected.SOURCE and feed["message"]:
            out.print(f"{feed['feed']} {feed['message']}", style="yellow", soft_wrap=True, markup=False)
    for caution in _cautions(summary):
        out.print(caution, style="yellow", soft_wrap=True, markup=False)
    for kind, currency, amount in _totals(summary["costs"]):
        label = "Spend" if kind == "spend" else "List-price value (covered by a subscription, not spend)"
        out.print(f"{label}: [bold]{plain_money(amount, currency)}[/bold]")
    for outcome in summary["scheduled_exports"]:
        if outcome["export"] is None:
            out.print(f"Export {outcome['name']}: not written", style="yellow", markup=False)
        else:
            export = outcome["export"]
            line = f"Export {outcome['name']}: {counted(export.row_count, 'row')} in {export.path}"
            out.print(line, soft_wrap=True, markup=False)
    out.print(f"Report: {home.report}", soft_wrap=True)


def _cautions(summary: dict[str, Any]) -> Iterator[str]:
    """What the figures may lack, a sentence each."""
    for feed in summary["sources"]:
        yield from (f"{feed['source']} {feed['feed']}: {finding}" for finding in feed["findings"])
    for model in summary["unpriced_models"]:
        yield f"{model.sentence}; set a price under price_overrides"


def _totals(costs: list[dict[str, Any]]) -> list[tuple[str, str, Any]]:
    sums: dict[tuple[str, str], Any] = {}
    for row in costs:
        if row["amount"] is not None:
            key = (row["cost_kind"], row["currency"])
            sums[key] = sums.get(key, 0) + row["amount"]
    return [(kind, currency, amount) for (kind, currency), amount in sorted(sums.items(), reverse=True)]


def _amount(row: dict[str, Any]) -> str:
    if row["cost_basis"] == "billed":
        return counted(row["tokens"], "token")
    if row["amount"] is None:
        return f"unpriced ({counted(row['tokens'], 'token')})"
    return plain_money(row["amount"], row["currency"])


def _basis(row: dict[str, Any]) -> str:
    return {
        "notional": "list-price value",
        "computed": "usage x price",
        "manual": "entered",
        "none": "no price known",
        "provider_reported": "reported",
        "provider_estimate": "estimated by the source",
        "billed": "on the bill",
    }[row["cost_basis"]]


def _freshness(feed: dict[str, Any]) -> str:
    if feed["last_success_at"] is None:
        return f"{feed['status']}\nnever"
    return f"{feed['status']}\n{feed['last_success_at']:%b %d, %H:%M} UTC"
