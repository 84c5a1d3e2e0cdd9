"""The price list now has other prices for a month that is over than those it was valued at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_money, full_month

NAME = "restatement"
QUERY = """
select
    month,
    provider,
    currency,
    sum(as_billed_amount) as as_billed_amount,
    sum(as_known_amount) as as_known_amount,
    sum(known_difference) as difference_amount,
    arg_max(model_id, abs(known_difference)) as model_id
from rpt_price_restatements
where is_closed and known_difference != 0 and provider is not null
group by month, provider, currency
order by month, provider, currency
"""


@dataclass(frozen=True, kw_only=True)
class Restatement:
    """A finished month of a provider that would be worth something else at the prices known now."""

    month: date
    provider: str
    currency: str
    as_billed_amount: Decimal
    as_known_amount: Decimal
    difference_amount: Decimal
    model_id: str | None


def condition(restated: Restatement, threshold: Decimal) -> Condition | None:
    """One for each month of a provider from `threshold` on, and again at twice as much."""
    difference = abs(restated.difference_amount)
    if difference < threshold:
        return None
    month, shown = full_month(restated.month), full_money(difference, restated.currency)
    more = "more" if restated.difference_amount > 0 else "less"
    return Condition(
        rule=NAME,
        subject=f"{restated.provider} {restated.currency}",
        period=restated.month.isoformat(),
        severity=Severity.INFO,
        headline=f"{month} of {restated.provider}: {shown} {more} at the prices known now",
        level=float(difference),
        money=difference,
        currency=restated.currency,
        figures=(
            ("Valued at", full_money(restated.as_billed_amount, restated.currency)),
            ("At the prices known now", full_money(restated.as_known_amount, restated.currency)),
        ),
        facts={"model_id": restated.model_id},
        scope={"provider": (restated.provider,)},
    )


RULE = Rule(
    name=NAME,
    title="A finished month would be worth something else at the prices known now",
    row=Restatement,
    query=QUERY,
    condition=condition,
    example=Restatement(
        month=date(2026, 9, 1),
        provider="<openai>",
        currency="USD",
        as_billed_amount=Decimal(120),
        as_known_amount=Decimal(96),
        difference_amount=Decimal(-24),
        model_id="gpt-5.2",
    ),
    threshold=Threshold(Decimal(10), "the least difference of a month, in USD"),
    policy=Policy(growth=2),
    past="a build knows the prices of now, and not which were known before",
)
