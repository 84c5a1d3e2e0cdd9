"""A message that will not arrive, as an alert for the other channels."""

from __future__ import annotations

from datetime import datetime

from notifications.alerts import Alert, Severity
from notifications.messages import Message
from notifications.outcomes import Outcome
from notifications.rendering import render
from pipelines.presentation.wording import counted

RULE_NAME = "undelivered"


def undelivered(message: Message, outcome: Outcome, now: datetime) -> Alert:
    """One alert a day for each recipient that messages do not reach."""
    facts = {
        "headline": f"Alerts do not reach {message.place}",
        "reason": outcome.reason,
        "next_step": outcome.next_step,
        "channel": message.channel,
        "count": counted(len(message.alerts), "alert"),
        "first": " ".join(message.alerts[0].subject.split()),
        "since": f"{message.first_tried_at:%Y-%m-%d %H:%M} UTC",
        "attempts": counted(message.attempts, "attempt"),
    }
    return Alert(
        rule=RULE_NAME,
        dedup_key=f"{RULE_NAME}:{message.channel}:{message.recipient}:{now:%Y-%m-%d}",
        severity=Severity.CRITICAL,
        subject=f"Alerts do not reach {message.place}: {outcome.reason}",
        body_text=render("undelivered.txt.j2", facts),
        body_html=render("undelivered.html.j2", facts),
    )
