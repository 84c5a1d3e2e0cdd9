"""Every message once, of the rules' examples: what `ai-costs alerts check` tries a person's templates with.

Belongs here: one message of each template. Does not: the examples, which each rule has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from notifications.alerts import Alert
from notifications.lifecycle import Evaluation, Event, Policy, advance
from notifications.messages import Message, StoredAlert, rendered
from notifications.notices import Notice, headed, worded
from notifications.period_digests import BudgetLine, MonthForecast, PeriodDigest, Spend, digest_alert
from notifications.rules import RuleOptions, rules
from notifications.storms import MOST_MESSAGES, with_digests
from notifications.test_message import test_alert

NOW = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
DIGEST = PeriodDigest(
    every="week",
    start=date(2026, 11, 9),
    end=date(2026, 11, 16),
    as_of=NOW,
    totals=[Spend(name="total", currency="USD", amount=Decimal("1842.10"), before=Decimal("1511.35"))],
    providers=[
        Spend(name="anthropic", currency="USD", amount=Decimal("1204.60"), before=Decimal("880.10")),
        Spend(name="openai", currency="USD", amount=Decimal("561.20"), before=Decimal("631.25")),
        Spend(name="<openrouter>", currency="USD", amount=Decimal("76.30"), before=Decimal(0)),
    ],
    models=[
        Spend(name="claude-opus-4-5", currency="USD", amount=Decimal("702.00"), before=Decimal("410.40")),
        Spend(name="gpt-5.2", currency="USD", amount=Decimal("402.80"), before=Decimal("470.00")),
    ],
    daily=[Decimal(number % 7 * 30 + number * 4 + 60) for number in range(35)],
    budgets=[
        BudgetLine(
            name="everything",
            currency="USD",
            amount=Decimal(6000),
            spent=Decimal("3810.20"),
            projected=Decimal("7420.00"),
        )
    ],
    forecasts=[
        MonthForecast(
            month=date(2026, 11, 1),
            currency="USD",
            amount=Decimal("7420.00"),
            lower=Decimal("6990.00"),
            upper=Decimal("7880.00"),
        )
    ],
    late=["acme (openai_costs)"],
)


def every_message() -> Iterator[tuple[str, Alert]]:
    """(name, message) of each rule's example when it opens, of an end, a storm, a digest and a test."""
    notices = list(_opened())
    for notice in notices:
        yield notice.alert.rule, notice.written()
    states = [notice.change.state for notice in notices]
    yield "resolved", worded(states[0], None, Event.RESOLVED)
    crowd = [replace(notices[number % len(notices)], channels=("chat",)) for number in range(MOST_MESSAGES + 5)]
    (storm,) = with_digests(crowd)
    yield "storm", storm
    yield "digest", digest_alert(DIGEST, states[:3], None)
    yield "test", test_alert("Acme Robotics", NOW)
    yield "several", _several([notice.written() for notice in notices[:3]])


def _opened() -> Iterator[Notice]:
    for rule in rules():
        for condition in rule.conditions((rule.example,), RuleOptions()):
            change = advance(None, condition, Evaluation(now=NOW, policy=Policy()))
            if change is not None:
                yield Notice(
                    alert=headed(change.state, condition, Event.OPENED),
                    change=change,
                    event=Event.OPENED,
                    channels=("chat",),
                    condition=condition,
                )


def _several(alerts: list[Alert]) -> Alert:
    """What limits or quiet hours put together, as the alert that nobody made."""
    stored = tuple(
        StoredAlert(
            alert_id=f"{number:08x}",
            rule=alert.rule,
            severity=str(alert.severity),
            subject=alert.subject,
            body_text=alert.body_text,
            body_html=alert.body_html,
            created_at=NOW,
        )
        for number, alert in enumerate(alerts)
    )
    message = Message(
        message_id="several",
        channel="chat",
        recipient="",
        attempts=1,
        first_tried_at=NOW,
        lease_id="",
        alerts=stored,
    )
    words = rendered(message)
    return replace(alerts[0], subject=words.subject, body_text=words.text, body_html=words.html, picture=None)
