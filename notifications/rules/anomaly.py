"""An anomaly event: reported when it is found, when it grows to twice its size, and when it ends; never once a day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from notifications.anomaly_conditions import AnomalyEvent, anomaly_condition, query_of
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold

NAME = "anomaly"
KINDS = frozenset({"spike", "burst", "drop", "slow_rise", "missing_data", "gone_spender"})


def condition(event: AnomalyEvent, threshold: Decimal) -> Condition | None:
    """The event, if it is large enough."""
    return anomaly_condition(NAME, event, threshold)


EXAMPLE = AnomalyEvent(
    event_id="86e54b7b",
    cost_kind="spend",
    series_kind="project",
    series="<search>",
    currency="USD",
    kind="burst",
    direction="up",
    start_date=date(2026, 11, 18),
    end_date=date(2026, 11, 19),
    is_open=True,
    days=2,
    actual_amount=180.5,
    expected_amount=20.5,
    excess_amount=160.0,
    ratio=8.8,
    volume_amount=150.0,
    mix_amount=10.0,
    price_amount=0.0,
    new_amount=0.0,
    gone_amount=0.0,
    severity="high",
    contributors=({"dimension": "model_id", "dimension_value": "gpt-5.2", "share": 0.9},),
    daily_amounts=(9.5, 11.0, 3.1, 2.8, 10.4, 10.9, 11.2) * 4 + (88.2, 92.3),
)
RULE = Rule(
    name=NAME,
    title="What the past does not explain: a spike, a burst, a drop, a slow rise, missing data or a gone spender",
    row=AnomalyEvent,
    query=query_of(KINDS),
    condition=condition,
    example=EXAMPLE,
    threshold=Threshold(Decimal(0), "the least amount beyond what was expected, in the event's currency"),
    policy=Policy(growth=2, resolved_after=timedelta(0), reports_end=True),
)
