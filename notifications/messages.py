"""What goes out together, and how it reads in mail, in a chat and as plain text.

Belongs here: one alert or a digest of several as subject, text, Markdown and HTML. Does not: an alert's own words,
which its rule writes.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notifications.alerts import Severity
from notifications.rendering import render
from notifications.routing import RANKS
from pipelines.presentation.wording import counted

SHOWN_IN_DIGEST = 20
_PICTURE = re.compile("<img [^>]*>")
_MARKUP = str.maketrans({"<": "\u2039", ">": "\u203a", "*": "\u2217", "~": "\u223c", "`": "'"})
"""What begins markup in one chat or another -> a letter that looks alike."""


@dataclass(frozen=True, kw_only=True)
class StoredAlert:
    """An alert as the outbox has it."""

    alert_id: str
    rule: str
    severity: str
    subject: str
    body_text: str
    body_html: str
    created_at: datetime
    picture: bytes | None = None


@dataclass(frozen=True, kw_only=True)
class Message:
    """What goes to one recipient at once: an alert, or several as a digest. A repeat has the same `message_id`."""

    message_id: str
    channel: str
    recipient: str
    attempts: int
    first_tried_at: datetime
    lease_id: str
    alerts: tuple[StoredAlert, ...]

    @property
    def severity(self) -> Severity:
        """The greatest of its alerts'."""
        return max((Severity(alert.severity) for alert in self.alerts), key=RANKS.__getitem__)

    @property
    def place(self) -> str:
        """The channel, and whom of it the message is for."""
        return f"{self.channel} ({self.recipient})" if self.recipient else self.channel


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A message in words; `markdown` and `html` have text from outside escaped.

    `picture` is a PNG to which `html` refers as cid:sparkline; `attachment` is a file that mail brings along.
    """

    message_id: str
    subject: str
    text: str
    markdown: str
    html: str
    created_at: datetime
    picture: bytes | None = None
    attachment: Path | None = None

    @property
    def html_alone(self) -> str:
        """The HTML for where no picture can be inside of it."""
        return _PICTURE.sub("", self.html)


def rendered(message: Message) -> Rendered:
    """The message in words."""
    if len(message.alerts) == 1:
        (alert,) = message.alerts
        subject, text, html = alert.subject, alert.body_text, alert.body_html
        reference = f"Message {alert.alert_id}"
        picture = alert.picture
    else:
        picture = None
        facts = _digest_facts(message)
        subject = str(facts["headline"])
        text, html = render("digest.txt.j2", facts), render("digest.html.j2", facts)
        reference = f"Message {message.message_id}"
    one_line = " ".join(subject.split())
    return Rendered(
        message_id=message.message_id,
        subject=one_line,
        text=f"{text}\n{reference}\n",
        markdown=f"{_as_markdown(text)}\n\n{reference}",
        html=html,
        created_at=min(alert.created_at for alert in message.alerts),
        picture=picture,
    )


def _digest_facts(message: Message) -> dict[str, object]:
    """The most severe and newest alerts of a digest, and how many there are of each severity."""
    newest = sorted(message.alerts, key=lambda alert: alert.created_at, reverse=True)
    ordered = sorted(newest, key=lambda alert: -RANKS[Severity(alert.severity)])
    counts = Counter(alert.severity for alert in message.alerts)
    kinds = [severities_of(severity, counts[severity]) for severity in reversed(Severity) if counts[severity]]
    return {
        "headline": f"{counted(len(ordered), 'alert')}: {', '.join(kinds)}",
        "alerts": [
            {"severity": one.severity, "subject": " ".join(one.subject.split()), "at": f"{one.created_at:%b %d, %H:%M}"}
            for one in ordered[:SHOWN_IN_DIGEST]
        ],
        "more": len(ordered) - SHOWN_IN_DIGEST,
    }


def severities_of(severity: Severity, number: int) -> str:
    """How many there are of a severity: "1 critical", "1,000 warnings"."""
    return counted(number, severity, "warnings" if severity is Severity.WARNING else severity)


def _as_markdown(text: str) -> str:
    """Text as code, so that its columns stay in line and nothing in it is markup."""
    return f"```\n{plain_markdown(text.strip())}\n```"


def plain_markdown(text: str) -> str:
    """Text that chats show as it is: no markup, no link and nobody mentioned, also where they know no escapes."""
    return text.translate(_MARKUP).replace("](", "] (").replace("@", "@\u200b")
