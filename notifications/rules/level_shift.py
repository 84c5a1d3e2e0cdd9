"""Costs are at a new level since a day, in which they stay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from notifications.anomaly_conditions import AnomalyEvent, anomaly_condition, query_of
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold

NAME = "level_shift"


def condition(event: AnomalyEvent, threshold: Decimal) -> Condition | None:
    """The event, if it is large enough."""
    return anomaly_condition(NAME, event, threshold)


EXAMPLE = AnomalyEvent(
    event_id="5d20be11",
    cost_kind="spend",
    series_kind="provider",
    series="<openai>",
    currency="USD",
    kind="level_shift",
    direction="up",
    start_date=date(2026, 11, 9),
    end_date=date(2026, 11, 19),
    is_open=True,
    days=11,
    actual_amount=440.0,
    expected_amount=220.0,
    excess_amount=220.0,
    ratio=2.0,
    volume_amount=200.0,
    mix_amount=20.0,
    price_amount=0.0,
    new_amount=0.0,
    gone_amount=0.0,
    severity="medium",
)
RULE = Rule(
    name=NAME,
    title="Costs are at a new level",
    row=AnomalyEvent,
    query=query_of({"level_shift"}),
    condition=condition,
    example=EXAMPLE,
    threshold=Threshold(Decimal(0), "the least amount beyond what was expected, in the event's currency"),
    # The amount beyond the old level grows every day: four times as much is news.
    policy=Policy(growth=4),
)
