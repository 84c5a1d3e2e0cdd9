"""A bill that is expected was not entered by its day."""

from __future__ import annotations

from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import UNTIL_FIXED, Feed, example, message_of, query_of
from notifications.rules import Rule

NAME = "bill_missing"


def condition(feed: Feed, _threshold: Decimal) -> Condition:
    """One for each entry of `expected:` that is not there."""
    return Condition(
        rule=NAME,
        subject=feed.feed,
        severity=Severity.WARNING,
        headline=f"The bill of {feed.feed} is missing",
        facts={"message": message_of(feed)},
        scope={"provider": (feed.feed.partition(" ")[0],)},
    )


RULE = Rule(
    name=NAME,
    title="A bill listed under `expected:` was not entered by its day",
    row=Feed,
    query=query_of("status = 'late' and source = 'expected'"),
    condition=condition,
    example=example(
        source="expected",
        feed="groq <default>",
        status="late",
        message="needs a new entry: nothing covers October 2026. `ai-costs add groq AMOUNT`, or import the bill",
    ),
    policy=UNTIL_FIXED,
    past="a build knows which bills are missing now, and not which were missing before",
)
