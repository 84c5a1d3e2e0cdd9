"""A storm of notices becomes one per channel: the largest by money, and how many there are.

Belongs here: what happens to many notices of one evaluation. Does not: limits per hour and day, which are a channel's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from notifications.alerts import Alert, Severity
from notifications.messages import severities_of
from notifications.notices import Notice
from notifications.rendering import render
from notifications.routing import RANKS
from pipelines.presentation.wording import counted, shortened

MOST_MESSAGES = 20
"""So many of one evaluation are sent one by one to a channel; more become a digest."""
MOST_LISTED = 20
LONGEST_LINE = 160


def with_digests(notices: Sequence[Notice]) -> list[Alert]:
    """The notices, each for the channels that get it alone, and a digest for each channel that would get too many."""
    crowded = {
        channel
        for channel in {name for notice in notices for name in notice.channels}
        if sum(channel in notice.channels for notice in notices) > MOST_MESSAGES
    }
    if not crowded:
        return [notice.written() for notice in notices]
    alone = [_without(notice, crowded) for notice in notices]
    of_channel = {name: [notice for notice in notices if name in notice.channels] for name in sorted(crowded)}
    return [*filter(None, alone), *(_digest(name, found) for name, found in of_channel.items())]


def _without(notice: Notice, crowded: set[str]) -> Alert | None:
    channels = tuple(name for name in notice.channels if name not in crowded)
    if not channels and notice.channels:
        return None
    return replace(notice.written(), channels=channels)


def _digest(channel: str, notices: Sequence[Notice]) -> Alert:
    ranked = sorted(notices, key=_rank)
    listed = [shortened(notice.alert.subject, LONGEST_LINE) for notice in ranked[:MOST_LISTED]]
    severities = [notice.alert.severity for notice in notices]
    severity = max(severities, key=RANKS.__getitem__)
    headline = f"{counted(len(notices), 'alert')} at once"
    facts = {
        "headline": headline,
        "listed": listed,
        "more": len(notices) - len(listed),
        "severities": ", ".join(
            severities_of(each, severities.count(each)) for each in reversed(Severity) if each in severities
        ),
    }
    return Alert(
        rule="storm",
        dedup_key=f"storm:{channel}:{notices[0].alert.dedup_key}",
        severity=severity,
        subject=f"{headline}, first: {listed[0]}",
        body_text=render("storm.txt.j2", facts),
        body_html=render("storm.html.j2", facts),
        channels=(channel,),
    )


def _rank(notice: Notice) -> tuple[Decimal, int, str]:
    """The largest amount first, whatever its currency; then the most severe."""
    money = notice.condition.money if notice.condition is not None and notice.condition.money is not None else 0
    return -abs(Decimal(money)), -RANKS[notice.alert.severity], notice.alert.dedup_key
