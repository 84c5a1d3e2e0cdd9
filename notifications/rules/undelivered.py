"""Messages do not reach a recipient and were given up. The other channels hear of it, and of its end."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import UNTIL_FIXED
from notifications.rules import Rule
from pipelines.presentation.wording import counted

NAME = "undelivered"


@dataclass(frozen=True, kw_only=True)
class UnreachedRecipient:
    """A recipient for whom messages were given up since the last one that arrived; `others` are the other channels."""

    channel: str
    recipient: str
    dead: int
    reason: str
    first_subject: str
    since: str
    others: tuple[str, ...]


def condition(found: UnreachedRecipient, _threshold: Decimal) -> Condition:
    """One for each such recipient, until a message arrives there again."""
    place = f"{found.channel} ({found.recipient})" if found.recipient else found.channel
    return Condition(
        rule=NAME,
        subject=place,
        severity=Severity.CRITICAL,
        headline=f"Alerts do not reach {place}: {found.reason}",
        figures=(
            ("Given up", counted(found.dead, "message")),
            ("Since", found.since),
            ("The first of them", found.first_subject),
        ),
        facts={"channel": found.channel},
        channels=found.others,
    )


RULE = Rule(
    name=NAME,
    title="Messages to a recipient were given up, and none has arrived since",
    row=UnreachedRecipient,
    condition=condition,
    example=UnreachedRecipient(
        channel="finance-mail",
        recipient="<anna@example.com>",
        dead=3,
        reason="the mail server refused the recipient or the message (550)",
        first_subject="everything: 72 % of the November budget is spent ($1,450.00 of $2,000.00)",
        since="2026-11-17 09:04 UTC",
        others=("chat",),
    ),
    policy=UNTIL_FIXED,
    past="a build does not know what was delivered",
)
