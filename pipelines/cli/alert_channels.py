"""`ai-costs alerts test` and `ai-costs alerts check`: whether alerts arrive, and whether runs happen at all."""

from __future__ import annotations

from typing import Annotated

import typer

from pipelines.app import alerting, delivery
from pipelines.app.alert_templates import template_problems
from pipelines.cli.console import ConfigOption, HomeOption, JsonOption, err, home_of, out, print_json
from pipelines.errors import ConfigError, DeliveryError

ChannelArgument = Annotated[str, typer.Argument(help="The name of a channel in ai-costs.yaml.", show_default=False)]


def add_to(alerts: typer.Typer) -> None:
    """Add both to the commands of `ai-costs alerts`."""
    alerts.command(name="test")(send_test)
    alerts.command(name="check")(check)


def send_test(
    channel: ChannelArgument, home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Send a test message to each recipient of a channel, now, and explain what fails.

    It is marked as a test, is not stored, and counts towards no limit. Ends with 3 when a recipient did not get it.
    """
    opened = home_of(home, config, writes=False)
    names = [setting.name for setting in opened.settings.configuration.channels]
    if channel not in names:
        known = f"there are {', '.join(names)}" if names else "none is configured; `ai-costs init` shows how"
        raise ConfigError(f"{channel!r} is not one of the channels: {known}")
    with err.status("sending"):
        results = delivery.send_test(opened, channel)
    if as_json:
        print_json([vars(result) for result in results])
    for result in () if as_json else results:
        out.print(result.sentence, style="green" if result.arrived else "yellow", soft_wrap=True, markup=False)
    if not all(result.arrived for result in results):
        raise typer.Exit(DeliveryError.exit_code)


def check(home: HomeOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Alert if there was no build for 26 hours, and send what is due: for cron or a systemd timer.

    Needs neither Dagster nor a run. It also tries the templates of yours in the folder templates/.
    Ends with 3 when the build is too old, an alert did not arrive, or a template cannot be used.
    """
    opened = home_of(home, config)
    with err.status("checking"):
        stale = alerting.report_missing_build(opened)
        report = delivery.deliver(opened)
        templates = template_problems(opened)
    if as_json:
        print_json({"no_build": stale, "templates": templates, **vars(report)})
    else:
        out.print(stale or "The published build is recent enough.", soft_wrap=True, markup=False)
        out.print(f"Alerts: {report}", markup=False)
        for problem in (*report.problems, *(f"Template {each}" for each in templates)):
            out.print(problem, style="yellow", soft_wrap=True, markup=False)
    if stale or report.problems or templates:
        raise typer.Exit(DeliveryError.exit_code)
