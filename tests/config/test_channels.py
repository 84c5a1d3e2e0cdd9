"""Channels of ai-costs.yaml: routes, limits and quiet hours as written, and what is mistaken refused with its place."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from notifications.alerts import Severity
from notifications.pacing import Pace, QuietHours
from notifications.routing import Route
from pipelines.app.delivery import channels_of
from tests.config.test_coherence import refused
from tests.home.homes import home_at

SETTINGS = """
timezone: America/New_York
channels:
  - name: finance
    url: FINANCE_URL
    routes:
      - {severity: critical}
      - {rules: budget_threshold, scope: {project: atlas, cost_center: [research, product]}}
    per_hour: 3
    per_day: 7
    quiet_hours: {start: 22:00, end: "07:30", timezone: Europe/Berlin}
    private_network: true
  - {name: chat, url: CHAT_URL, quiet_hours: {start: "20:00", end: "08:00"}}
delivery: {heartbeat: HEARTBEAT_URL}
"""
CHAT = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def test_channels_are_as_they_are_written(tmp_path: Path):
    home = home_at(
        tmp_path, SETTINGS, FINANCE_URL="mailto://u:p@example.com?to=a@example.com,b@example.com", CHAT_URL=CHAT
    )
    finance, chat = channels_of(home)
    night = QuietHours(time(22), time(7, 30), "Europe/Berlin")
    assert finance.pace == Pace(hourly=3, daily=7, quiet=night)
    assert finance.receiver.recipients == ("a@example.com", "b@example.com")
    assert finance.routes == (
        Route(severity=Severity.CRITICAL),
        Route(rules=("budget_threshold",), scope={"project": ("atlas",), "cost_center": ("research", "product")}),
    )
    assert finance.private_network
    assert chat.pace == Pace(hourly=20, daily=100, quiet=QuietHours(time(20), time(8), "America/New_York"))
    assert (chat.receiver.recipients, chat.routes, chat.private_network) == (("",), (), False)
    assert home.settings.secret_names() == ["CHAT_URL", "FINANCE_URL", "HEARTBEAT_URL"]
    assert night.until(datetime(2026, 6, 1, 21, tzinfo=UTC)) == datetime(2026, 6, 2, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("routes: [{rules: budget_treshold}]", "'budget_treshold' is not a rule: did you mean budget_threshold?"),
        ("routes: [{severity: urgent}]", "this should be 'info', 'warning' or 'critical'"),
        ("per_hour: 0", "greater than 0"),
        ("quiet_hours: {start: '22:00', end: '22:00'}", "start and end are the same"),
        ("quiet_hours: {start: '25:00', end: '07:00'}", "hour value is outside expected range of 0-23"),
        ("quiet_hours: {start: '22:00', end: '07:00', timezone: Berlin}", "is not the IANA name of a time zone"),
    ],
)
def test_what_is_mistaken_is_refused_with_its_place(tmp_path: Path, setting: str, problem: str):
    (found,) = refused(tmp_path, f"channels:\n  - name: chat\n    url: CHAT_URL\n    {setting}\n")
    assert found.startswith("4:")
    assert problem in found


@pytest.mark.parametrize("name", ["no_build", "undelivered", "anomaly"])
def test_a_route_may_name_what_has_no_rule_of_its_own(tmp_path: Path, name: str):
    home = home_at(tmp_path, f"channels:\n  - {{name: chat, url: CHAT_URL, routes: [{{rules: {name}}}]}}\n")
    assert channels_of(home)[0].routes == (Route(rules=(name,)),)


@pytest.mark.parametrize("setting", ["database", "heartbeat"])
def test_a_secret_in_the_place_of_a_variable_is_refused_and_not_repeated(tmp_path: Path, setting: str):
    (found,) = refused(tmp_path, f"delivery: {{{setting}: 'https://canary-77@example.com/x'}}\n")
    assert "never the secret" in found
    assert "canary-77" not in found
