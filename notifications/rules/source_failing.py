"""A source could not be read three times in a row; its last good data stays in effect."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

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

NAME = "source_failing"
TRIES = 3


def condition(feed: Feed, _threshold: Decimal) -> Condition:
    """One for each feed that fails; key_invalid reports a refused key."""
    return condition_of(feed, NAME, f"{named(feed)} could not be read")


RULE = Rule(
    name=NAME,
    title="A source could not be read three times in a row",
    row=Feed,
    query=query_of(f"status = 'failed' and not ({REFUSED_KEY})"),
    condition=condition,
    example=example(),
    policy=replace(UNTIL_FIXED, after_evaluations=TRIES),
    past=UNKNOWN_PAST,
)
