"""Channels: the one place that knows their URLs, which are secrets, and what Apprise makes of them.

Belongs here: reading a URL, who receives there, and sending one message there. Does not: when, and what is next
(delivery.py).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType
from apprise.plugins import url_to_dict
from apprise.plugins.base import NotifyBase
from apprise.plugins.email import NotifyEmail
from apprise.utils.parse import parse_list

from notifications.alerts import Severity
from notifications.mail import formats_of, recipients_of, send_mail
from notifications.messages import Message, Rendered, plain_markdown, rendered
from notifications.outcomes import SENT, Outcome, Verdict
from notifications.pacing import CHAT, MAIL, Pace, QuietHours
from notifications.period_digests import RULE_NAME as DIGEST
from notifications.routing import Receiver, Route
from notifications.webhooks import Attempt, observed

NOTIFY_TYPES = {
    Severity.INFO: NotifyType.INFO,
    Severity.WARNING: NotifyType.WARNING,
    Severity.CRITICAL: NotifyType.FAILURE,
}
LARGEST_ATTACHMENT = 10_000_000
"""Bytes; mail servers refuse more than twice of it."""
ANSWER_SECONDS = 30
"""How long a server may take to answer, unless the channel's URL has a longer time (`rto`)."""
PLAIN_TEXT = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})
"""Services that hand the text to another program, which may not know Markdown."""

# Apprise writes whole URLs into its log, tokens included, when it cannot read one or at debug level.
_logger = logging.getLogger("apprise")
_logger.addHandler(logging.NullHandler())
_logger.propagate = False
_logger.setLevel(logging.CRITICAL)
# Its HTTP library writes the path of each request, which of a webhook is the secret.
logging.getLogger("urllib3").setLevel(logging.INFO)


@dataclass(frozen=True)
class Channel:
    """Where alerts go. The URL holds secrets and is never shown; it is empty when its variable is not set.

    `hourly` and `daily` limit the messages to each recipient; None: as is usual for mail, or for chats. `report` is the
    file that mails with a digest of a period bring along.
    """

    name: str
    url: str = field(repr=False)
    hourly: int | None = None
    daily: int | None = None
    quiet: QuietHours | None = None
    routes: tuple[Route, ...] = ()
    private_network: bool = False
    report: Path | None = None

    @property
    def pace(self) -> Pace:
        """How many messages a recipient gets, and when none."""
        usual = MAIL if isinstance(_service(self.url), NotifyEmail) else CHAT
        return Pace(hourly=self.hourly or usual.hourly, daily=self.daily or usual.daily, quiet=self.quiet)

    @property
    def receiver(self) -> Receiver:
        """The channel as the outbox sees it, without its URL."""
        return Receiver(channel=self.name, recipients=tuple(self.recipients()) or ("",), routes=self.routes)

    def recipients(self) -> dict[str, Callable[[Rendered, Severity], Outcome]]:
        """Each recipient's name, and sending to it; empty if the URL cannot be read."""
        service = _service(self.url)
        if service is None:
            return {}
        if isinstance(service, NotifyEmail) and service.pgp_mode == "no":
            return {address: _mailing(service, address) for address in recipients_of(service)}
        return {name: self._posting(one) for name, one in _services(self.url, service).items()}

    def send(self, message: Message) -> Outcome:
        """Send a message to its recipient, and wait for the answer."""
        if not self.url:
            step = "put it into .env next to the configuration, or set it where this runs"
            return Outcome(Verdict.LATER, "the environment variable with its URL is not set", step)
        recipients = self.recipients()
        if not recipients:
            step = "write it as https://appriseit.com/services/ shows for the service"
            return Outcome(Verdict.LATER, "its URL is not one that Apprise can read", step)
        if message.recipient not in recipients:
            step = "nothing, if it was taken out on purpose"
            return Outcome(Verdict.REFUSED, "the recipient is no longer in the channel's URL", step)
        words = replace(rendered(message), attachment=self._attachment(message))
        return recipients[message.recipient](words, message.severity)

    def _attachment(self, message: Message) -> Path | None:
        wanted = self.report is not None and any(alert.rule == DIGEST for alert in message.alerts)
        if self.report is None or not wanted or not self.report.is_file():
            return None
        return self.report if self.report.stat().st_size <= LARGEST_ATTACHMENT else None

    def _posting(self, service: NotifyBase) -> Callable[[Rendered, Severity], Outcome]:
        def post(message: Rendered, severity: Severity) -> Outcome:
            service.socket_read_timeout = max(service.socket_read_timeout, ANSWER_SECONDS)
            attempt = Attempt(message.message_id, self.private_network, ANSWER_SECONDS)
            title, body, form = _form(service, message)
            apprise = Apprise(asset=_asset())
            apprise.add(service)
            with observed(attempt):
                arrived = apprise.notify(title=title, body=body, body_format=form, notify_type=NOTIFY_TYPES[severity])
            return SENT if arrived else attempt.outcome()

        return post


def _mailing(service: NotifyEmail, address: str) -> Callable[[Rendered, Severity], Outcome]:
    return lambda message, _severity: send_mail(service, address, message)


def _form(service: NotifyBase, message: Rendered) -> tuple[str, str, NotifyFormat]:
    """Title and body in the best form that the service shows."""
    schemas = {*parse_list(service.protocol), *parse_list(service.secure_protocol)}
    if isinstance(service, NotifyEmail):
        return message.subject, message.html_alone, NotifyFormat.HTML
    if NotifyFormat.MARKDOWN in formats_of(service) and not schemas & PLAIN_TEXT:
        return plain_markdown(message.subject), message.markdown, NotifyFormat.MARKDOWN
    return message.subject, message.text, NotifyFormat.TEXT


def _asset() -> AppriseAsset:
    # Redirects stay unfollowed: the body would go to an address nobody configured.
    return AppriseAsset(secure_logging=True, http_redirects=False, async_mode=False, app_id="AI Cost Tracker")


def _service(url: str) -> NotifyBase | None:
    return Apprise.instantiate(url, asset=_asset()) if url else None


def _services(url: str, service: NotifyBase) -> dict[str, NotifyBase]:
    """A service for each target of the URL, by a name that does not show it; without a name if it is the only one."""
    parts: dict[str, Any] = url_to_dict(url, secure_logging=True) or {}
    targets = list(dict.fromkeys(parse_list(parts.get("targets") or [], sort=False)))
    if len(targets) < 2 or parts.get("cc") or parts.get("bcc"):  # noqa: PLR2004 - there is nothing to split
        return {"": service}
    split = {}
    for target in targets:
        one = Apprise.instantiate({**parts, "targets": [target]}, asset=_asset())
        if one is None:
            return {"": service}
        split[f"target {hashlib.sha256(target.encode()).hexdigest()[:6]}"] = one
    return split
