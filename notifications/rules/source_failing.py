"""A source could not be read three times in a row; its last good data stays in effect."""

from __future__ import annotations

from dataclasses import replace
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

NAME = "source_failing"
TRIES = 3


def condition(feed: Feed, _threshold: Decimal) -> Condition:
    """One for each feed that fails; a key that is refused is another rule's."""
    return Condition(
        rule=NAME,
        subject=f"{feed.source} {feed.feed}",
        severity=Severity.WARNING,
        headline=f"{named(feed)} could not be read",
        figures=figures_of(feed),
        facts={"message": message_of(feed)},
        scope=scope_of(feed),
    )


RULE = Rule(
    name=NAME,
    title="A source could not be read three times in a row",
    row=Feed,
    query=query_of(f"status = 'failed' and coalesce(message, '') not like '%{REFUSED_KEY}%'"),
    condition=condition,
    example=example(),
    policy=replace(UNTIL_FIXED, after_evaluations=TRIES),
    past="a build knows how each source was last read, and not how it was read before",
)
