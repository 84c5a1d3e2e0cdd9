"""Outboxes for tests, with messages in them, and one round of delivery at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notifications.alerts import Alert, Severity
from notifications.channels import Channel
from notifications.delivery import DeliveryReport, deliver_due
from notifications.outbox import Outbox
from tests.notifications.budgets import NOW


def alert(number: int, severity: Severity = Severity.WARNING, **values: object) -> Alert:
    """An alert of a number, by which it is known when it arrives."""
    stated: dict[str, object] = {
        "rule": "budget_threshold",
        "dedup_key": f"alert-{number}",
        "severity": severity,
        "subject": f"Alert number {number}",
        "body_text": f"The text of {number}.",
        "body_html": f"<p>The text of {number}.</p>",
    }
    return Alert(**{**stated, **values})  # type: ignore[arg-type]


def put(outbox: Outbox, channels: Sequence[Channel], *alerts: Alert, at: datetime = NOW) -> None:
    """Store alerts for channels."""
    outbox.enqueue(alerts, [channel.receiver for channel in channels], at)


def deliver(outbox: Outbox, *channels: Channel, at: datetime = NOW) -> DeliveryReport:
    """Send what is due at a moment."""
    return deliver_due(outbox, channels, lambda: at)


def hook_channel(url: str, name: str = "chat", **values: object) -> Channel:
    """A channel to a web server on this computer, without limits unless given."""
    return Channel(name, url, **{"hourly": 10_000, "daily": 10_000, "private_network": True, **values})  # type: ignore[arg-type]


def mail_channel(url: str, name: str = "finance", **values: object) -> Channel:
    """A channel to a mail server, without limits unless given."""
    return Channel(name, url, **{"hourly": 10_000, "daily": 10_000, **values})  # type: ignore[arg-type]
