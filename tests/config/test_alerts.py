"""What is wanted of alert rules: taken as written, and refused with its place where nothing knows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from notifications.alerts import Severity
from notifications.anomaly_conditions import AnomalyEvent
from notifications.rules.anomaly import EXAMPLE, RULE
from pipelines.app.alert_rules import rule_options
from pipelines.config import Configuration
from tests.config.test_coherence import load, refused

CHANNELS = "channels:\n  - {name: chat, url: CHAT_URL}\n"


def wanted(folder: Path, setting: str) -> Configuration:
    return load(folder, f"{CHANNELS}alerts:\n  rules:\n    - {setting}\n")


@pytest.mark.parametrize(
    ("setting", "row", "expected"),
    [
        ("{rule: anomaly}", EXAMPLE, [(Severity.WARNING, None)]),
        ("{rule: anomaly, enabled: false}", EXAMPLE, []),
        ("{rule: anomaly, threshold: 160}", EXAMPLE, [(Severity.WARNING, None)]),
        ("{rule: anomaly, threshold: 160.01}", EXAMPLE, []),
        ("{rule: anomaly, severity: critical, channels: chat}", EXAMPLE, [(Severity.CRITICAL, ("chat",))]),
        ("{rule: anomaly, scope: {project: <search>}}", EXAMPLE, [(Severity.WARNING, None)]),
        ("{rule: anomaly, scope: {project: [atlas]}}", EXAMPLE, []),
        ("{rule: anomaly, scope: {provider: [openai]}}", EXAMPLE, []),
    ],
)
def test_a_rule_reports_what_is_wanted_of_it(
    tmp_path: Path, setting: str, row: AnomalyEvent, expected: list[tuple[Severity, tuple[str, ...] | None]]
):
    options = rule_options(wanted(tmp_path, setting))[RULE.name]
    found = RULE.conditions((replace(row),), options)
    assert [(condition.severity, condition.channels) for condition in found] == expected


def test_a_rule_repeats_as_it_is_wanted(tmp_path: Path):
    options = rule_options(wanted(tmp_path, "{rule: anomaly, repeat_hours: 12}"))
    assert RULE.policy_of(options["anomaly"]).repeat_after == timedelta(hours=12)
    assert options["budget_forecast"].threshold is None
    assert RULE.threshold is not None
    assert RULE.threshold.default == Decimal(0)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("{rule: anomly}", "'anomly' is not a rule: did you mean anomaly?"),
        ("{rule: source_stale, threshold: 3}", "source_stale has no threshold: leave it out"),
        ("{rule: anomaly, channels: [chatt]}", "'chatt' is not one of the channels: did you mean chat?"),
        ("{rule: anomaly, treshold: 3}", "treshold"),
        ("{rule: anomaly, severity: urgent}", "this should be 'info', 'warning' or 'critical'"),
    ],
)
def test_what_nothing_knows_is_refused_with_its_place(tmp_path: Path, setting: str, problem: str):
    (found,) = refused(tmp_path, f"{CHANNELS}alerts:\n  rules:\n    - {setting}\n")
    assert found.startswith("5:")
    assert problem in found


def test_a_rule_that_is_set_twice_is_refused(tmp_path: Path):
    (found,) = refused(tmp_path, "alerts:\n  rules:\n    - {rule: anomaly}\n    - {rule: anomaly, threshold: 3}\n")
    assert "alerts.rules[0] already sets this for the same rule: keep one" in found


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ("{every: week, day: 3}", "a digest of the week is sent on one of monday, tuesday, "),
        ("{every: month, day: 31}", "a digest of the month is sent on a day from 1 to 28, which every month has"),
        ("{every: week, channels: [chta]}", "'chta' is not one of the channels: there are chat"),
        ('{every: week, at: "08:00+02:00"}', "write the time as 08:00, and its zone as timezone"),
        ("{every: day}", "'week' or 'month'"),
        ("{every: week}\n    - {every: week, day: friday}", "digest"),
    ],
)
def test_a_digest_that_cannot_be_sent_is_refused_with_its_place(tmp_path: Path, setting: str, problem: str):
    (found,) = refused(tmp_path, f"{CHANNELS}alerts:\n  digests:\n    - {setting}\n")
    assert problem in found


@pytest.mark.parametrize(
    "url", ["http://costs.example.com", "https://anna:pw@costs.example.com", "javascript:alert(1)"]
)
def test_a_report_is_linked_by_https_alone(tmp_path: Path, url: str):
    (found,) = refused(tmp_path, f'alerts: {{report_url: "{url}"}}\n')
    assert "give an https address without a password" in found


def test_a_digest_has_usual_days(tmp_path: Path):
    digests = load(tmp_path, "alerts: {digests: [{every: week}, {every: month, at: 07:30}]}\n").alerts.digests
    assert [(each.day, f"{each.at:%H:%M}") for each in digests] == [("monday", "08:00"), (2, "07:30")]
