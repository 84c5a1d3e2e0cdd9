"""A source was not read for more than twice as long as it should be, or its place is gone."""

from __future__ import annotations

from decimal import Decimal

from notifications.conditions import Condition
from notifications.feeds import UNKNOWN_PAST, UNTIL_FIXED, Feed, condition_of, example, named, query_of
from notifications.rules import Rule

NAME = "source_stale"


def condition(feed: Feed, _threshold: Decimal) -> Condition:
    """One for each feed that is late."""
    headline = f"{named(feed)} is late: its figures are not up to date"
    return condition_of(feed, NAME, headline, hours=feed.expected_every_hours)


RULE = Rule(
    name=NAME,
    title="A source is late",
    row=Feed,
    query=query_of("status = 'late' and source != 'expected'"),
    condition=condition,
    example=example(status="late"),
    policy=UNTIL_FIXED,
    past=UNKNOWN_PAST,
)
