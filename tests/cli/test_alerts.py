"""Alerts on the command line: what is open, silenced by whom, and what happened to it, readable at 80 columns."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifications.alert_log import AlertLog, Findings
from notifications.outbox import Outbox
from notifications.routing import Receiver
from notifications.rules import conditions
from notifications.rules.budget_threshold import NAME, RULE
from tests.cli.conftest import Command
from tests.notifications.budgets import budget, seen

HEADLINE = "everything: 95 % of the November budget is spent ($1,900.00 of $2,000.00)"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one alert about a budget."""
    findings = Findings(conditions=conditions(seen(budget("1900")), {}), rules={NAME: RULE.policy})
    for folder in ("state", "manual"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    (tmp_path / "data" / "manual" / "bills.csv").write_text("date,provider,amount\n2026-11-02,groq,12.40\n")
    log = AlertLog(Outbox(tmp_path / "data" / "state" / "outbox.sqlite"))
    log.apply(findings, [Receiver(channel="mail")], datetime(2026, 11, 20, 9, 4, tzinfo=UTC))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "data"


def test_an_alert_is_listed_silenced_and_resolved_with_its_history(ai_costs: Command, home: Path):
    (alert,) = ai_costs("alerts", "list", "--home", home, "--json").json
    alert_id = alert["alert_id"]
    listed = ai_costs("alerts", "list", "--home", home).out
    assert max(map(len, listed.splitlines())) <= 80
    assert alert_id in listed
    assert "Nov 20, 09:04" in listed
    shown = ai_costs("alerts", "show", alert_id, "--home", home).out.splitlines()
    assert shown == [
        HEADLINE,
        "Severity warning, open, rule budget_threshold, open since 2026-11-20 09:04 UTC.",
        "Last reported at 2026-11-20 09:04 UTC to mail.",
    ]
    acknowledged = ai_costs("alerts", "ack", alert_id[:5], "--note", "on it", "--by", "Maya", "--home", home)
    assert acknowledged.out.strip() == f"Acknowledged: {HEADLINE} ({alert_id})."
    snoozed = ai_costs("alerts", "snooze", alert_id, "--until", "2999-01-31", "--by", "Maya", "--home", home)
    assert snoozed.out.strip() == f"Snoozed until 2999-01-31 00:00 UTC: {HEADLINE} ({alert_id})."
    assert ai_costs("alerts", "resolve", alert_id, "--by", "Ben", "--home", home).code == 0
    assert ai_costs("alerts", "list", "--home", home).out.strip() == "No open alerts."
    history = ai_costs("alerts", "history", alert_id, "--home", home, "--json").json
    assert [(event["event"], event["actor"], event["detail"]) for event in history] == [
        ("opened", "ai-costs", HEADLINE),
        ("acknowledged", "Maya", "on it"),
        ("snoozed", "Maya", "until 2999-01-31 00:00 UTC"),
        ("resolved", "Ben", ""),
    ]
    assert "Maya" in ai_costs("alerts", "history", alert_id, "--home", home).out


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (("ack", "zz"), "there is no alert 'zz'; `ai-costs alerts list --all` lists all"),
        (("snooze", "", "--until", "2026-01-01"), "2026-01-01 00:00 UTC has passed: choose a later time"),
        (("snooze", ""), "give one of --until and --for"),
        (("snooze", "", "--for", "3 days"), "'3 days' is not a time such as 30m, 4h, 3d or 2w"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(
    ai_costs: Command, home: Path, line: tuple[str, ...], reason: str
):
    ended = ai_costs("alerts", *line, "--home", home)
    assert ended.code == 2
    assert reason in " ".join(ended.err.replace("│", " ").split())
