"""A budget speaks when it reaches a level, once a level and period, with the figures a person needs."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from notifications.alerts import Severity
from notifications.outbox import Outbox
from notifications.rules import evaluate
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


def test_the_text_says_what_is_left_how_fast_it_goes_and_when_it_was_counted():
    (alert,) = evaluate(seen(budget("1900")))
    assert alert.body_text == (
        "95 % of the everything budget is spent.\n"
        "\n"
        "Spent      $1,900.00 of $2,000.00 (95 %)\n"
        "Left       $100.00\n"
        "\n"
        "Time       day 19 of 30 (63 %), Nov 1 to Nov 30\n"
        "Pace       $100.00 a day; an even pace is $66.67 a day\n"
        "Covers     everything\n"
        "\n"
        "As of 2026-11-20 12:00 UTC. The level of 90 % is alerted once for this period.\n"
    )


def test_a_budget_that_took_something_over_says_how_much_of_it_that_is():
    (alert,) = evaluate(seen(budget("1900", rollover_amount=Decimal("312.5"))))
    assert alert.body_text.splitlines()[2:6] == [
        "Spent      $1,900.00 of $2,000.00 (95 %)",
        "Left       $100.00",
        "Carried    $312.50 of the amount was left of the period before",
        "",
    ]
    assert re.search(r">Carried over, in the amount</td><td [^>]*>\$312\.50</td>", alert.body_html)


def test_each_level_speaks_once_a_month(tmp_path: Path):
    outbox = Outbox(tmp_path / "outbox.sqlite")

    def new(spent: str, **reported: object) -> list[str]:
        alerts = outbox.enqueue(evaluate(seen(budget(spent, **reported))), ["mail"], NOW)
        return [alert.dedup_key.rsplit(":", 1)[1] for alert in alerts]

    assert new("1500") == ["70"]
    assert new("1501") == []
    assert new("2100") == ["100"], "crossing two levels at once is one message, about the higher"
    assert new("1900") == [], "the level that was passed over was said with it"
    december = {"period_start": date(2026, 12, 1), "period_end": date(2027, 1, 1)}
    assert new("1500", **december) == ["70"]
    assert new("1500", budget="research") == ["70"]
    assert outbox.pending_count(NOW) == 4


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
