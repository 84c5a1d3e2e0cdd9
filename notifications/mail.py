"""Sending mail: to one recipient, with the same Message-ID on a repeat, and with the server's answer read.

Apprise reads the channel's URL into a plugin, `service`, whose types say little. Its own sending would make a new
Message-ID each time, next to one that the URL sets, and has one answer for all recipients.
"""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from apprise import NotifyFormat
from apprise.plugins.email.common import SecureMailMode

from notifications.messages import Rendered
from notifications.outcomes import SENT, Outcome, of_mail_error
from notifications.sparkline import CONTENT_ID

ANSWER_SECONDS = 30
LINES = SMTP.clone(max_line_length=200)
"""Subjects say how much of what; the default of 78 letters would begin most of them on a second line."""


def recipients_of(service: Any) -> tuple[str, ...]:
    """Every address that the URL names; each gets a mail of its own, be it named as to, cc or bcc."""
    return tuple(dict.fromkeys([*(address for _, address in service.targets), *service.cc, *service.bcc]))


def formats_of(service: Any) -> tuple[NotifyFormat, ...]:
    """The formats that a service takes, its own choice first; a URL may leave one of them."""
    formats = service.notify_format
    return formats if isinstance(formats, tuple) else (formats,)


def send_mail(service: Any, recipient: str, message: Rendered) -> Outcome:
    """Send `message` to `recipient` by the server of `service`."""
    try:
        with _connected(service) as connection:
            connection.send_message(_mail(service, recipient, message), service.from_addr[1], [recipient])
    except (OSError, smtplib.SMTPException) as error:
        return of_mail_error(error)
    return SENT


def _connected(service: Any) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if not service.verify_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if service.secure_mode == SecureMailMode.SSL:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            service.smtp_host, service.port, timeout=ANSWER_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(service.smtp_host, service.port, timeout=ANSWER_SECONDS)
    try:
        if service.secure_mode == SecureMailMode.STARTTLS:
            connection.starttls(context=context)
        if service.user and service.password:
            connection.login(service.user, service.password)
    except Exception:
        connection.close()
        raise
    return connection


def _mail(service: Any, recipient: str, message: Rendered) -> EmailMessage:
    mail = EmailMessage(LINES)
    name, sender = service.from_addr
    mail["Subject"] = message.subject
    mail["From"] = Address(name or "", addr_spec=sender)
    mail["To"] = recipient
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if service.reply_to:
        mail["Reply-To"] = ", ".join(sorted(service.reply_to))
    for header, value in service.headers.items():
        if header.lower() not in map(str.lower, mail.keys()):
            mail[header] = value
    mail.set_content(message.text)
    if NotifyFormat.HTML in formats_of(service):
        _add_html(mail, message)
    if message.attachment is not None:
        content = message.attachment.read_bytes()
        mail.add_attachment(content, maintype="text", subtype="html", filename=message.attachment.name)
    return mail


def _add_html(mail: EmailMessage, message: Rendered) -> None:
    mail.add_alternative(message.html if message.picture else message.html_alone, subtype="html")
    if message.picture:
        html = list(mail.iter_parts())[-1]
        assert isinstance(html, EmailMessage)  # noqa: S101 - it was added above
        html.add_related(message.picture, maintype="image", subtype="png", cid=f"<{CONTENT_ID}>", disposition="inline")
