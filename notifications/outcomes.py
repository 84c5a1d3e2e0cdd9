"""How sending a message ended, and what a person can do if it did not arrive.

Belongs here: what answers of mail servers and web servers mean. Does not: asking them.
"""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

GREYLISTED = timedelta(minutes=5)
"""A mail server that says "later" means to see whether the sender is patient."""


class Verdict(StrEnum):
    """Whether a message arrived, may arrive later, or never will."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """How sending ended. `wait` is what the receiver asks for; `unreachable`: nobody answered at all."""

    verdict: Verdict
    reason: str = ""
    next_step: str = ""
    wait: timedelta = timedelta(0)
    unreachable: bool = False


SENT = Outcome(Verdict.SENT)


CREDENTIALS = "the server does not accept the credentials", "check the token or password in the URL"
ADDRESS = "the server does not know the address", "check the address in the URL; the webhook may have been deleted"
MESSAGE = "the server refused the message", "check the URL's parameters"
REFUSALS = {
    **dict.fromkeys((401, 403), CREDENTIALS),
    **dict.fromkeys((404, 410), ADDRESS),
    **dict.fromkeys((400, 405, 413, 414, 415, 422), MESSAGE),
    **dict.fromkeys(
        range(300, 400),
        ("the server redirects to another address", "use that address, if it is yours; a redirect is never followed"),
    ),
}
"""Answers of web servers that the same message would get again, with the next step."""
TOO_MANY = 429


def of_status(status: int, wait: timedelta = timedelta(0)) -> Outcome:
    """What a web server's answer means of a message that the service did not take."""
    if status in REFUSALS:
        reason, step = REFUSALS[status]
        return Outcome(Verdict.REFUSED, f"{reason} ({status})", step)
    if status == TOO_MANY:
        step = "nothing: it is sent later; lower the channel's limits if this is frequent"
        return Outcome(Verdict.LATER, "the server asks for fewer messages (429)", step, wait)
    if status < 300:  # noqa: PLR2004 - success, by the status alone
        step = "check the URL's parameters; the service explains its answers in its documentation"
        return Outcome(Verdict.LATER, f"the server answered {status}, but did not accept the message", step)
    step = "nothing: it is sent again later; see the service's status page if this lasts"
    return Outcome(Verdict.LATER, f"the server failed ({status})", step, wait)


def of_code(code: int) -> Outcome:
    """What a mail server's answer means, by its code."""
    if code >= 500:  # noqa: PLR2004 - the permanent ones
        step = "check the address of the recipient, and that this server may send to it"
        return Outcome(Verdict.REFUSED, f"the mail server refused the recipient or the message ({code})", step)
    step = "nothing: it is sent again later"
    return Outcome(Verdict.LATER, f"the mail server asks to try again later ({code})", step, GREYLISTED)


def of_mail_error(error: Exception) -> Outcome:
    """What an error of a conversation with a mail server means."""
    wait = timedelta(0)
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return of_code(next(iter(refused.values()))[0])
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            reason = f"the mail server does not accept the credentials ({code})"
            step = "check user and password in the URL; some providers ask for an app password"
        case smtplib.SMTPNotSupportedError():
            reason = "the mail server lacks what the URL asks for, such as STARTTLS"
            step = "set mode=ssl or mode=insecure in the URL, as the server asks for"
        case smtplib.SMTPConnectError(smtp_code=code) | smtplib.SMTPHeloError(smtp_code=code):
            reason, step, wait = f"the mail server takes no mail now ({code})", "nothing: it is sent later", GREYLISTED
        case smtplib.SMTPResponseException(smtp_code=code):
            return of_code(code)
        case smtplib.SMTPServerDisconnected() | TimeoutError():
            step = "check that the mail server is up; it is sent again later"
            return Outcome(Verdict.LATER, "the mail server did not answer in time", step, unreachable=True)
        case _:
            step = "check host, port and mode in the URL, and that the mail server is up"
            reason = f"the mail server cannot be reached ({_kind(error)})"
            return Outcome(Verdict.LATER, reason, step, unreachable=True)
    return Outcome(Verdict.LATER, reason, step, wait)


def _kind(error: Exception) -> str:
    """What the system says, without the address, which may be secret."""
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
