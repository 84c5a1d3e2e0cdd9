"""A provider, project or key costs money that did not before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from notifications.anomaly_conditions import AnomalyEvent, anomaly_condition, query_of
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold

NAME = "new_spender"


def condition(event: AnomalyEvent, threshold: Decimal) -> Condition | None:
    """The event, if it is large enough."""
    return anomaly_condition(NAME, event, threshold)


EXAMPLE = AnomalyEvent(
    event_id="b3b40d03",
    cost_kind="spend",
    series_kind="api_key",
    series="<ci-runner>",
    currency="USD",
    kind="new_spender",
    direction="up",
    start_date=date(2026, 11, 16),
    end_date=date(2026, 11, 19),
    is_open=True,
    days=4,
    actual_amount=61.2,
    expected_amount=0.0,
    excess_amount=61.2,
    ratio=None,
    volume_amount=None,
    mix_amount=None,
    price_amount=None,
    new_amount=61.2,
    gone_amount=None,
    severity="medium",
)
RULE = Rule(
    name=NAME,
    title="A provider, project or key costs money that did not before",
    row=AnomalyEvent,
    query=query_of({"new_spender"}),
    condition=condition,
    example=EXAMPLE,
    threshold=Threshold(Decimal(0), "the least amount since it began, in the event's currency"),
    policy=Policy(growth=4),
)
