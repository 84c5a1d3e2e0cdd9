"""A month's bill does not agree with usage at list price, and no cause explains why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_money, full_month

NAME = "reconciliation"
QUERY = """
select
    reconciliation.provider,
    reconciliation.currency,
    reconciliation.period_start,
    reconciliation.estimated_amount,
    reconciliation.billed_amount,
    reconciliation.unexplained_amount,
    reconciliation.tolerance_percent
from rpt_reconciliation as reconciliation
cross join rpt_build as build
where
    reconciliation.period = 'month'
    and reconciliation.verdict = 'outside'
    and not reconciliation.is_provisional
    and reconciliation.period_start >= build.as_of::date - 100
order by reconciliation.period_start, reconciliation.provider, reconciliation.currency
"""


@dataclass(frozen=True, kw_only=True)
class UnexplainedBill:
    """A finished month of a provider whose bill is out of tolerance."""

    provider: str
    currency: str
    period_start: date
    estimated_amount: Decimal
    billed_amount: Decimal
    unexplained_amount: Decimal
    tolerance_percent: Decimal


def condition(bill: UnexplainedBill, threshold: Decimal) -> Condition | None:
    """One for each month of a provider from `threshold` on, and again at twice as much."""
    unexplained = abs(bill.unexplained_amount)
    if unexplained < threshold:
        return None
    month = full_month(bill.period_start)
    shown = full_money(unexplained, bill.currency)
    more = "more" if bill.unexplained_amount > 0 else "less"
    return Condition(
        rule=NAME,
        subject=f"{bill.provider} {bill.currency}",
        period=bill.period_start.isoformat(),
        severity=Severity.WARNING,
        headline=f"{bill.provider}'s bill of {month}: {shown} {more} than usage explains",
        level=float(unexplained),
        money=unexplained,
        currency=bill.currency,
        figures=(
            ("Billed", full_money(bill.billed_amount, bill.currency)),
            ("Estimated from usage", full_money(bill.estimated_amount, bill.currency)),
            ("Unexplained", full_money(bill.unexplained_amount, bill.currency)),
            ("Tolerated", f"{bill.tolerance_percent.normalize():f} % of what is billed"),
        ),
        scope={"provider": (bill.provider,)},
    )


RULE = Rule(
    name=NAME,
    title="A finished month's bill is out of tolerance and nothing explains it",
    row=UnexplainedBill,
    query=QUERY,
    condition=condition,
    example=UnexplainedBill(
        provider="<anthropic>",
        currency="USD",
        period_start=date(2026, 10, 1),
        estimated_amount=Decimal(940),
        billed_amount=Decimal(1010),
        unexplained_amount=Decimal(62),
        tolerance_percent=Decimal("1.000"),
    ),
    threshold=Threshold(Decimal(5), "the least unexplained amount, in the bill's currency"),
    policy=Policy(growth=2, reports_end=True),
)
