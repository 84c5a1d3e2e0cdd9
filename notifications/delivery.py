"""Sending what is due, through Apprise; the one place that knows channels' URLs, which are secrets."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

from notifications.alerts import Alert, Severity
from notifications.outbox import Delivery, Outbox
from notifications.routing import route

SEND_TIMEOUT_SECONDS = 60
NOTIFY_TYPES = {
    Severity.INFO: NotifyType.INFO,
    Severity.WARNING: NotifyType.WARNING,
    Severity.CRITICAL: NotifyType.FAILURE,
}

# Apprise writes whole URLs into its log, tokens included, when it cannot read one or at debug level.
_logger = logging.getLogger("apprise")
_logger.addHandler(logging.NullHandler())
_logger.propagate = False
_logger.setLevel(logging.CRITICAL)
# Its HTTP library writes the path of each request, which of a webhook is the secret.
logging.getLogger("urllib3").setLevel(logging.INFO)


@dataclass(frozen=True)
class Channel:
    """Where alerts go. The URL holds secrets and is never shown; it is empty when its variable is not set."""

    name: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class DeliveryReport:
    """What one round of sending came to."""

    sent: int
    failed: int

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.failed} failed"


def deliver_due(outbox: Outbox, channels: Sequence[Channel], now: Callable[[], datetime]) -> DeliveryReport:
    """Send what is due. Each delivery stands alone: one channel's failure holds no other back."""
    by_name = {channel.name: channel for channel in channels}
    sent = failed = 0
    for delivery in outbox.claim_due(now()):
        channel = by_name.get(delivery.channel)
        reason = "the channel is no longer configured" if channel is None else _send(channel, delivery)
        if reason is None:
            outbox.mark_sent(delivery, now())
            sent += 1
        else:
            outbox.mark_failed(delivery, reason, now())
            failed += 1
    return DeliveryReport(sent, failed)


def send_without_outbox(alerts: Sequence[Alert], channels: Sequence[Channel]) -> DeliveryReport:
    """Send alerts once, for when no outbox can be written: what does not arrive is not sent again."""
    by_name = {channel.name: channel for channel in channels}
    reasons = [_send(by_name[name], _unkept(alert, name)) for alert in alerts for name in route(alert, [*by_name])]
    sent = reasons.count(None)
    return DeliveryReport(sent, len(reasons) - sent)


def _unkept(alert: Alert, channel: str) -> Delivery:
    return Delivery(
        delivery_id=uuid.uuid4().hex,
        alert_id=uuid.uuid4().hex,
        channel=channel,
        attempts=1,
        severity=alert.severity,
        subject=alert.subject,
        body_text=alert.body_text,
        body_html=alert.body_html,
        created_at=datetime.now(UTC),
    )


def _send(channel: Channel, delivery: Delivery) -> str | None:
    """Send one delivery; give None, or why it did not arrive, without a word of the URL."""
    if not channel.url:
        return "the environment variable with its URL is not set"
    # Redirects stay unfollowed: the body would go to an address nobody configured.
    asset = AppriseAsset(secure_logging=True, http_redirects=False, async_mode=False, app_id="AI Cost Tracker")
    apprise = Apprise(asset=asset)
    if not apprise.add(channel.url):
        return "its URL is not one that Apprise can read"
    # The formats a channel takes, the one it likes best first: mail likes HTML, a chat or a web hook text.
    as_html = apprise[0].notify_format[0] == NotifyFormat.HTML
    result = apprise.notify(
        title=" ".join(delivery.subject.split()),
        body=delivery.body_html if as_html else f"{delivery.body_text}\nAlert {delivery.alert_id}",
        body_format=NotifyFormat.HTML if as_html else NotifyFormat.TEXT,
        notify_type=NOTIFY_TYPES[Severity(delivery.severity)],
        timeout=SEND_TIMEOUT_SECONDS,
    )
    if result:
        return None
    return f"the channel answered with {result.status.name.lower()}; its log or inbox may have details"
