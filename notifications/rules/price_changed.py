"""The tokens of a model cost more, or less, than in the month before, for the same mix of use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_money, full_month, percent

NAME = "price_changed"
LEAST_SHARE = 0.1
QUERY = f"""
select
    month,
    provider,
    model_id,
    currency,
    current_amount,
    previous_amount,
    price_amount,
    price_change_ratio
from rpt_cost_drivers
where
    comparison = 'full_month'
    and month = (select max(month) from rpt_cost_drivers where comparison = 'full_month')
    and dimension = 'total'
    and cost_kind = 'spend'
    and driver_kind = 'tokens'
    and abs(price_change_ratio) >= {LEAST_SHARE}
    and model_id is not null
order by provider, model_id, currency
"""  # noqa: S608 - a number of ours


@dataclass(frozen=True, kw_only=True)
class PriceChange:
    """A model of the last full month whose tokens cost something else than in the month before."""

    month: date
    provider: str
    model_id: str
    currency: str
    current_amount: Decimal
    previous_amount: Decimal
    price_amount: Decimal
    price_change_ratio: float


def condition(change: PriceChange, threshold: Decimal) -> Condition | None:
    """One for each model and month of which the price alone made `threshold` or more."""
    made = abs(change.price_amount)
    if made < threshold:
        return None
    ratio = percent(abs(Decimal(str(change.price_change_ratio))))
    dearer, added = ("dearer", "added") if change.price_change_ratio > 0 else ("cheaper", "saved")
    shown = full_money(made, change.currency)
    return Condition(
        rule=NAME,
        subject=f"{change.provider} {change.model_id} {change.currency}",
        period=change.month.isoformat(),
        severity=Severity.INFO,
        headline=f"{change.model_id}: {ratio} {dearer} in {full_month(change.month)}, which {added} {shown}",
        level=float(made),
        money=made,
        currency=change.currency,
        figures=(
            ("Month", full_month(change.month)),
            ("Cost", full_money(change.current_amount, change.currency)),
            ("The month before", full_money(change.previous_amount, change.currency)),
            ("Of the change, by price", full_money(change.price_amount, change.currency)),
        ),
        scope={"provider": (change.provider,), "model": (change.model_id,)},
    )


RULE = Rule(
    name=NAME,
    title="The tokens of a model cost at least 10 % more or less than in the month before",
    row=PriceChange,
    query=QUERY,
    condition=condition,
    example=PriceChange(
        month=date(2026, 10, 1),
        provider="openai",
        model_id="<gpt-5.2>",
        currency="USD",
        current_amount=Decimal(260),
        previous_amount=Decimal(200),
        price_amount=Decimal(40),
        price_change_ratio=0.18,
    ),
    threshold=Threshold(Decimal(20), "the least amount that the price alone made, in the cost's currency"),
    policy=Policy(growth=2),
)
