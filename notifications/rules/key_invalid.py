"""A provider refuses a key: it is not valid, or not of the kind that may read costs."""

from __future__ import annotations

from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import (
    REFUSED_KEY,
    UNKNOWN_PAST,
    UNTIL_FIXED,
    Feed,
    condition_of,
    example,
    named,
    query_of,
)
from notifications.rules import Rule
from pipelines.presentation.messages import KEY_REFUSED

NAME = "key_invalid"


def condition(feed: Feed, _threshold: Decimal) -> Condition:
    """One for each feed whose key is refused, at once: trying again does not help."""
    return condition_of(feed, NAME, f"The key of {named(feed)} is refused", severity=Severity.CRITICAL)


RULE = Rule(
    name=NAME,
    title="A provider refuses a key, or it is of the wrong kind",
    row=Feed,
    query=query_of(REFUSED_KEY),
    condition=condition,
    example=example(message=f"acme {KEY_REFUSED} (401): invalid key. Make an admin key in the console"),
    policy=UNTIL_FIXED,
    past=UNKNOWN_PAST,
)
