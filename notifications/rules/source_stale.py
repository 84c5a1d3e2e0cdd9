"""A source was not read for more than twice as long as it should be, or its place is gone."""

from __future__ import annotations

from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import UNTIL_FIXED, Feed, example, figures_of, message_of, named, query_of, scope_of
from notifications.rules import Rule

NAME = "source_stale"


def condition(feed: Feed, _threshold: Decimal) -> Condition:
    """One for each feed that is late."""
    return Condition(
        rule=NAME,
        subject=f"{feed.source} {feed.feed}",
        severity=Severity.WARNING,
        headline=f"{named(feed)} is late: its figures are not up to date",
        figures=figures_of(feed),
        facts={"message": message_of(feed), "hours": feed.expected_every_hours},
        scope=scope_of(feed),
    )


RULE = Rule(
    name=NAME,
    title="A source is late",
    row=Feed,
    query=query_of("status = 'late' and source != 'expected'"),
    condition=condition,
    example=example(status="late"),
    policy=UNTIL_FIXED,
    past="a build knows how each source was last read, and not how it was read before",
)
