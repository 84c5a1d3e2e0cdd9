"""Prepaid credit lasts only a few days more, or is overdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import UNTIL_FIXED
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_money
from pipelines.presentation.wording import counted

NAME = "credit_low"
QUERY = """
select
    balance.month,
    balance.provider,
    balance.account_name,
    balance.currency,
    coalesce(balance.reported_amount, balance.closing_amount) as left_amount,
    (balance.used_amount + coalesce(earlier.used_amount, 0))
    / (build.as_of::date - coalesce(earlier.month, balance.month) + 1) as used_a_day
from rpt_prepaid_balances as balance
cross join rpt_build as build
left join rpt_prepaid_balances as earlier
    on
        balance.provider = earlier.provider
        and balance.account_name is not distinct from earlier.account_name
        and balance.currency = earlier.currency
        and balance.month = earlier.month + interval 1 month
where balance.month = date_trunc('month', build.as_of)
order by balance.provider, balance.account_name, balance.currency
"""


@dataclass(frozen=True, kw_only=True)
class PrepaidBalance:
    """What is left of an account's credit, and what a day of this month and the one before used of it."""

    month: date
    provider: str
    account_name: str | None
    currency: str
    left_amount: Decimal
    used_a_day: float | Decimal


def condition(balance: PrepaidBalance, threshold: Decimal) -> Condition | None:
    """One for each account whose credit lasts less than `threshold` days."""
    a_day = Decimal(str(balance.used_a_day))
    if a_day <= 0:
        return None
    days = int(balance.left_amount / a_day)
    if balance.left_amount > 0 and days >= threshold:
        return None
    account = f"{balance.account_name} ({balance.provider})" if balance.account_name else balance.provider
    rest = full_money(balance.left_amount, balance.currency)
    lasts = f"lasts {counted(days, 'day')} more" if balance.left_amount > 0 else "is used up"
    return Condition(
        rule=NAME,
        subject=f"{balance.provider} {balance.account_name or ''} {balance.currency}",
        severity=Severity.WARNING if balance.left_amount > 0 else Severity.CRITICAL,
        headline=f"The credit of {account} {lasts}: {rest} is left",
        money=balance.left_amount,
        currency=balance.currency,
        figures=(("Left", rest), ("Used a day", full_money(a_day, balance.currency))),
        facts={"provider": balance.provider},
        scope={
            "provider": (balance.provider,),
            **({"account": (balance.account_name,)} if balance.account_name else {}),
        },
    )


RULE = Rule(
    name=NAME,
    title="Prepaid credit is running out",
    row=PrepaidBalance,
    query=QUERY,
    condition=condition,
    example=PrepaidBalance(
        month=date(2026, 11, 1),
        provider="openrouter",
        account_name="<acme>",
        currency="USD",
        left_amount=Decimal(12),
        used_a_day=Decimal("3.1"),
    ),
    threshold=Threshold(Decimal(7), "days for which the credit still lasts"),
    policy=UNTIL_FIXED,
    past="a build knows the balance at the end of each month, and not that of each day",
)
