"""`ai-costs alerts`: what was alerted, and sending what waits."""

from __future__ import annotations

import typer
from rich.table import Table

from pipelines.app import delivery
from pipelines.cli.alert_channels import add_to
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json

alerts = typer.Typer(help="List alerts and send those that wait.", no_args_is_help=True)
add_to(alerts)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(alerts, name="alerts")


@alerts.command(name="list")
def list_alerts(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the newest alerts and how far each has come on each channel."""
    with delivery.opened_outbox(home_of(home, config)) as outbox:
        found = outbox.list_alerts()
    if as_json:
        print_json([vars(alert) for alert in found])
        return
    if not found:
        out.print("No alerts yet.")
        return
    table = Table()
    for column in ("when (UTC)", "alert", "channel", "recipient", "state"):
        table.add_column(column)
    for alert in found:
        state = alert.state if alert.last_error is None else f"{alert.state}: {alert.last_error}"
        table.add_row(f"{alert.created_at:%Y-%m-%d %H:%M}", alert.subject, alert.channel or "", alert.recipient, state)
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
