"""A provider refuses a key: it is not valid, or not of the kind that may read costs."""

from __future__ import annotations

from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import (
    REFUSED_KEY,
    UNTIL_FIXED,
    Feed,
    example,
    figures_of,
    message_of,
    named,
    query_of,
    scope_of,
)
from notifications.rules import Rule

NAME = "key_invalid"


def condition(feed: Feed, _threshold: Decimal) -> Condition:
    """One for each feed whose key is refused, at once: trying again does not help."""
    return Condition(
        rule=NAME,
        subject=f"{feed.source} {feed.feed}",
        severity=Severity.CRITICAL,
        headline=f"The key of {named(feed)} is refused",
        figures=figures_of(feed),
        facts={"message": message_of(feed)},
        scope=scope_of(feed),
    )


RULE = Rule(
    name=NAME,
    title="A provider refuses a key, or it is of the wrong kind",
    row=Feed,
    query=query_of(f"status = 'failed' and message like '%{REFUSED_KEY}%'"),
    condition=condition,
    example=example(message="acme refused the key (401): invalid key. Make an admin key in the console"),
    policy=UNTIL_FIXED,
    past="a build knows how each source was last read, and not how it was read before",
)
