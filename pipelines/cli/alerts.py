"""`ai-costs alerts`: what is open, silencing it, and sending what waits."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from notifications.alert_log import Act, AlertLog
from notifications.lifecycle import AlertState
from pipelines.app import alert_replay, alerting, delivery
from pipelines.app.home import Home
from pipelines.cli.alert_channels import add_to
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
from pipelines.presentation.wording import counted, shortened

alerts = typer.Typer(help="List alerts, silence them, and send those that wait.", no_args_is_help=True)
add_to(alerts)

IdArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The alert's id, as `ai-costs alerts list` shows it, or its beginning.")
]
NoteOption = Annotated[str, typer.Option(help="Why, in a few words.", show_default=False)]
ByOption = Annotated[str, typer.Option(help="By whom; left out: the user of this computer.", show_default=False)]
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGEST_HEADLINE = 200


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(alerts, name="alerts")


@alerts.command(name="list")
def list_alerts(
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
    all_of_them: Annotated[bool, typer.Option("--all", help="Those that are resolved too.")] = False,
) -> None:
    """List the alerts that are open, the most severe first."""
    with alerting.opened_log(home_of(home, config)) as log:
        found = log.alerts(with_resolved=all_of_them)
    if as_json:
        print_json([vars(alert) for alert in found])
        return
    if not found:
        out.print("No alerts yet." if all_of_them else "No open alerts.")
        return
    table = Table()
    for column in ("id", "alert", "state", "since (UTC)"):
        table.add_column(column, no_wrap=column in {"id", "since (UTC)"}, overflow="fold")
    for alert in found:
        headline = f"{alert.severity.capitalize()}: {shortened(alert.headline, LONGEST_HEADLINE)}"
        table.add_row(alert.alert_id, escape(headline), _state(alert), f"{alert.opened_at:%b %d, %H:%M}")
    out.print(table)


@alerts.command()
def show(
    alert_id: IdArgument, home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show one alert, and which channels know of it."""
    with alerting.opened_log(home_of(home, config)) as log:
        alert = log.alert(alert_id)
    if as_json:
        print_json(vars(alert))
        return
    out.print(alert.headline, style="bold", markup=False, soft_wrap=True)
    out.print(f"Severity {alert.severity}, {_state(alert)}, rule {alert.rule}, open since {_moment(alert.opened_at)}.")
    if alert.notified_at is None:
        out.print("Not reported to any channel.")
    else:
        channels = ", ".join(alert.notified_channels) or "no channel, because none was configured"
        out.print(f"Last reported at {_moment(alert.notified_at)} to {channels}.", markup=False, soft_wrap=True)


@alerts.command()
def history(
    alert_id: IdArgument, home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show what happened to one alert, when and by whom."""
    with alerting.opened_log(home_of(home, config)) as log:
        events = log.history(alert_id)
    if as_json:
        print_json([vars(event) for event in events])
        return
    table = Table()
    for column in ("when (UTC)", "what", "by", "detail"):
        table.add_column(column, no_wrap=column == "when (UTC)", overflow="fold")
    for event in events:
        table.add_row(f"{event.happened_at:%Y-%m-%d %H:%M}", event.event, escape(event.actor), escape(event.detail))
    out.print(table)


@alerts.command()
def ack(
    alert_id: IdArgument,
    note: NoteOption = "",
    by: ByOption = "",
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Acknowledge an alert: it is not repeated, unless its severity rises."""
    _do(home_of(home, config), by, note, lambda log, act: log.acknowledge(alert_id, act))


@alerts.command()
def snooze(  # noqa: PLR0917 - a command's options
    alert_id: IdArgument,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], metavar="YYYY-MM-DD[THH:MM]", help="In UTC."),
    ] = None,
    for_: Annotated[str, typer.Option("--for", metavar="TIME", help="Such as 30m, 4h, 3d or 2w.")] = "",
    note: NoteOption = "",
    by: ByOption = "",
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Silence an alert for a time, unless its severity rises."""
    opened = home_of(home, config)
    if (until is None) == (not for_):
        raise typer.BadParameter("give one of --until and --for")
    end = until.replace(tzinfo=UTC) if until is not None else opened.clock() + _duration(for_)
    _do(opened, by, note, lambda log, act: log.snooze(alert_id, end, act))


@alerts.command()
def resolve(
    alert_id: IdArgument,
    note: NoteOption = "",
    by: ByOption = "",
    home: HomeOption = None,
    config: ConfigOption = None,
) -> None:
    """Close an alert: it opens again if there is more of it, or if it comes back after it has gone."""
    _do(home_of(home, config), by, note, lambda log, act: log.resolve(alert_id, act))


@alerts.command()
def replay(
    days: Annotated[int, typer.Option(min=1, max=1000, help="How many of the last days.")] = 90,
    rule: Annotated[str | None, typer.Option(help="One rule; left out: all.", show_default=False)] = None,
    home: HomeOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the rules, as they are set, would have reported on each of the last days. Nothing is sent."""
    opened = home_of(home, config)
    with err.status("replaying"):
        found = alert_replay.replay(opened, days, rule)
    if as_json:
        print_json({**vars(found), "alerts": [vars(alert) for alert in found.alerts], "weekly": found.weekly})
        return
    for alert in found.alerts:
        out.print(f"{alert.day}  {alert.severity:<8}  {alert.rule}: {alert.subject}", markup=False, soft_wrap=True)
    out.print(_frequency(found), soft_wrap=True)
    for name, reason in found.not_replayed.items():
        out.print(f"Not replayed: {name}, because {reason}.", style="yellow", markup=False, soft_wrap=True)


def _frequency(found: alert_replay.Replay) -> str:
    """How often alerts would have come."""
    text = f"{counted(len(found.alerts), 'alert')} from {found.first} to {found.last}"
    if not found.weekly:
        return f"{text}."
    by_rule = Counter(alert.rule for alert in found.alerts)
    parts = ", ".join(f"{name} {number / len(found.weekly):.1f}" for name, number in by_rule.most_common())
    median = f"{statistics.median(found.weekly):g} in the median week, {max(found.weekly)} in the fullest"
    return f"{text}: {median}.{f' A week: {parts}.' if parts else ''}"


@alerts.command()
def deliveries(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the newest messages and how far each has come on each channel."""
    with delivery.opened_outbox(home_of(home, config)) as outbox:
        found = outbox.list_alerts()
    if as_json:
        print_json([vars(alert) for alert in found])
        return
    if not found:
        out.print("No messages yet.")
        return
    table = Table()
    for column in ("when (UTC)", "message", "channel", "recipient", "state"):
        table.add_column(column)
    for alert in found:
        state = alert.state if alert.last_error is None else f"{alert.state}: {alert.last_error}"
        texts = map(escape, (alert.subject, alert.channel or "", alert.recipient, state))
        table.add_row(f"{alert.created_at:%Y-%m-%d %H:%M}", *texts)
    out.print(table)


@alerts.command()
def send(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Send what is due now, without waiting for the next run."""
    opened = home_of(home, config)
    with err.status("sending"):
        report = delivery.deliver(opened)
    if as_json:
        print_json(vars(report))
    else:
        out.print(str(report))
        for problem in report.problems:
            out.print(problem, style="yellow", soft_wrap=True, markup=False)
    if report.problems:
        raise typer.Exit(3)


def _do(home: Home, by: str, note: str, act: Callable[[AlertLog, Act], AlertState]) -> None:
    with alerting.opened_log(home) as log:
        alert = act(log, Act(by or home.person, home.clock(), note))
    state = _state(alert)
    out.print(f"{state[0].upper()}{state[1:]}: {alert.headline} ({alert.alert_id}).", markup=False, soft_wrap=True)


def _state(alert: AlertState) -> str:
    if alert.snoozed_until is not None:
        return f"{alert.state} until {_moment(alert.snoozed_until)}"
    return str(alert.state)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"([1-9]\d{0,3})([mhdw])", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is not a time such as 30m, 4h, 3d or 2w", param_hint="--for")
    return timedelta(**{UNITS[found[2]]: int(found[1])})
