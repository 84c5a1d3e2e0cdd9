"""A budget speaks when it reaches a level, once a level and period, with the figures a person needs."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from notifications.alert_log import AlertLog, Findings
from notifications.alerts import Severity
from notifications.outbox import Outbox
from notifications.routing import Receiver
from notifications.rules import conditions, evaluate
from notifications.rules.budget_threshold import NAME, RULE, BudgetStatus
from tests.notifications.budgets import NOW, budget, seen


@pytest.mark.parametrize(
    ("spent", "subject"),
    [
        ("1399.99", None),
        ("1400", "everything: 70 % of the November budget is spent ($1,400.00 of $2,000.00)"),
        ("1812.345", "everything: 90 % of the November budget is spent ($1,812.34 of $2,000.00)"),
        ("2000", "everything: 100 % of the November budget is spent ($2,000.00 of $2,000.00)"),
        ("4100.50", "everything: 205 % of the November budget is spent ($4,100.50 of $2,000.00)"),
    ],
)
def test_a_budget_speaks_from_its_first_level_on(spent: str, subject: str | None):
    assert [alert.subject for alert in evaluate(seen(budget(spent)))] == ([] if subject is None else [subject])


@pytest.mark.parametrize(
    ("period", "start", "end", "named"),
    [
        ("quarter", date(2026, 10, 1), date(2027, 1, 1), "Q4 2026"),
        ("year", date(2026, 1, 1), date(2027, 1, 1), "2026"),
        ("custom", date(2026, 11, 3), date(2026, 12, 1), "Nov 3 to Nov 30"),
    ],
)
def test_a_subject_names_the_period(period: str, start: date, end: date, named: str):
    (alert,) = evaluate(seen(budget("1400", period=period, period_start=start, period_end=end)))
    assert alert.subject == f"everything: 70 % of the {named} budget is spent ($1,400.00 of $2,000.00)"


def test_a_full_budget_is_critical():
    severities = [evaluate(seen(budget(spent)))[0].severity for spent in ("1900", "2000")]
    assert severities == [Severity.WARNING, Severity.CRITICAL]


def test_the_text_says_what_is_left_how_fast_it_goes_and_what_to_do():
    (alert,) = evaluate(seen(budget("1900", driver_model="gpt-5.2", driver_amount=Decimal("310.5"))))
    alert_id = alert.dedup_key.split(":")[1]
    assert alert.body_text == (
        "everything: 95 % of the November budget is spent ($1,900.00 of $2,000.00).\n"
        "\n"
        "Spent   $1,900.00 of $2,000.00 (95 %)\n"
        "Left    $100.00\n"
        "Period  Nov 1 to Nov 30\n"
        "Covers  everything\n"
        "Level   90 %, reported once for this period\n"
        "As of   2026-11-20 12:00 UTC\n"
        "\n"
        "Day 19 of 30: $100.00 a day were spent, and $66.67 a day is an even pace.\n"
        "Compared with the same days of the month before, gpt-5.2 rose most: by $310.50.\n"
        "\n"
        "`ai-costs report` shows what the money goes to.\n"
        "\n"
        f"Alert {alert_id}: `ai-costs alerts ack {alert_id}` silences it, "
        f"`ai-costs alerts show {alert_id}` shows more.\n"
    )


def test_a_budget_that_took_something_over_says_how_much_of_it_that_is():
    (alert,) = evaluate(seen(budget("1900", rollover_amount=Decimal("312.5"))))
    assert re.search(r"^Carried over, in the amount +\$312\.50$", alert.body_text, re.MULTILINE)
    assert re.search(r">Carried over, in the amount</td><td [^>]*>\$312\.50</td>", alert.body_html)


def apply(log: AlertLog, *budgets: BudgetStatus) -> list[str]:
    findings = Findings(conditions=conditions(seen(*budgets), {}), rules={NAME: RULE.policy})
    return [alert.subject for alert in log.apply(findings, [Receiver(channel="mail")], NOW)]


def test_each_level_is_reported_once_a_month(tmp_path: Path):
    log = AlertLog(Outbox(tmp_path / "outbox.sqlite"))

    def new(spent: str, **reported: object) -> list[str]:
        return apply(log, budget(spent, **reported))

    assert new("1500") == ["everything: 75 % of the November budget is spent ($1,500.00 of $2,000.00)"]
    assert new("1501") == []
    assert new("2100") == ["everything: 105 % of the November budget is spent ($2,100.00 of $2,000.00)"]
    assert new("1900") == [], "the level that was passed over was reported with it"
    december = {"period_start": date(2026, 12, 1), "period_end": date(2027, 1, 1)}
    assert new("1500", **december) == ["everything: 75 % of the December budget is spent ($1,500.00 of $2,000.00)"]


def test_a_budget_that_is_changed_within_its_period_is_reported_again(tmp_path: Path):
    log = AlertLog(Outbox(tmp_path / "outbox.sqlite"))
    assert len(apply(log, budget("1100", amount=Decimal(500)))) == 1
    assert apply(log, budget("1100", amount=Decimal(1000))) == [
        "everything: 110 % of the November budget is spent ($1,100.00 of $1,000.00)"
    ]
    assert apply(log, budget("1100", amount=Decimal(1000))) == []


def test_costs_that_arrive_for_a_period_that_is_over_are_reported(tmp_path: Path):
    log = AlertLog(Outbox(tmp_path / "outbox.sqlite"))
    october = {"period_start": date(2026, 10, 1), "period_end": date(2026, 11, 1), "is_current": False}
    assert apply(log, budget("1500", budget="old", **october)) == [], "it was so before anybody asked"
    assert apply(log, budget("5000", **october), budget("1500", budget="old", **october)) == [
        "everything: 250 % of the October budget was spent ($5,000.00 of $2,000.00)"
    ]
    assert apply(log, budget("5000", **october), budget("2000", budget="old", **october)) == [
        "old: 100 % of the October budget was spent ($2,000.00 of $2,000.00)"
    ]
    changed = {**october, "amount": Decimal(1500)}
    assert apply(log, budget("5000", **changed), budget("2000", budget="old", **changed)) == [], (
        "a new amount does not judge what is over"
    )


def test_an_alert_goes_to_the_channels_its_budget_names(tmp_path: Path):
    outbox = Outbox(tmp_path / "outbox.sqlite")
    alerts = evaluate(seen(budget("1500", channels=("finance",)), budget("1500", budget="all")))
    outbox.enqueue(alerts, ["finance", "team"], NOW)
    listed = {(alert.subject.partition(":")[0], alert.channel) for alert in outbox.list_alerts()}
    assert listed == {("everything", "finance"), ("all", "finance"), ("all", "team")}


def test_text_from_outside_is_data_in_every_part():
    name = "<script>alert(1)</script>{{ 7 * 7 }}\r\nBcc: thief@example.com"
    (alert,) = evaluate(seen(budget("1500", budget=name, scope="<img src=x>")))
    assert "<script>" not in alert.body_html
    assert "<img" not in alert.body_html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in alert.body_html
