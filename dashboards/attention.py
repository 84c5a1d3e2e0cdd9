"""What deserves a look, in words: budgets that are spent or will be, sources that lack days, yesterday.

Belongs here: saying it alike in the headline and under the figures. Does not: deciding it (rpt_budget_status,
rpt_budget_projections, rpt_missing_days).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards.context import SPEND
from pipelines.presentation import formats, wording
from pipelines.presentation.labels import provider_name

_PERIODS = {"month": "monthly ", "quarter": "quarterly ", "year": "yearly "}
_USUAL = Decimal("0.1")
"""A day that differs by less from its weekday is not worth a percentage."""


def budget_clause(budgets: Sequence[dict[str, Any]] | None) -> str:
    """The first budget that is over or will be: "review is $102 over its monthly budget", and how many more there are.

    Args:
        budgets: structs of budget, period, currency, remaining_amount and crosses_on, the worst first.
    """
    if not budgets:
        return ""
    first, *more = budgets
    named = f"{first['budget']} {_over(first)}"
    if not more:
        return named
    verb = "is" if len(more) == 1 else "are"
    return f"{named}, and {wording.counted(len(more), 'other budget')} {verb} over or will be"


def _over(budget: dict[str, Any]) -> str:
    its = f"its {_PERIODS.get(budget['period'], '')}budget"
    if budget["remaining_amount"] < 0:
        return f"is {formats.money(-budget['remaining_amount'], budget['currency'])} over {its}"
    if budget["crosses_on"] is not None:
        return f"will pass {its} on {formats.day(budget['crosses_on'])}"
    return f"is heading over {its}"


def without_providers(late: Sequence[dict[str, Any]] | None) -> str:
    """The providers whose newest days are missing: "without openai since Nov 25".

    Args:
        late: structs of provider and missing_from, its first missing day.
    """
    if not late:
        return ""
    since = min(each["missing_from"] for each in late)
    return (
        f"without {wording.listed(sorted(provider_name(each['provider']) for each in late))} since {formats.day(since)}"
    )


def yesterday(row: dict[str, Any], cost_kind: str, today: date, currency: str) -> str:
    """One sentence on the last complete day against its weekday; nothing where too few of them are recorded.

    Args:
        row: yesterday_amount, and the usual_amount of its weekday, both null where they are not known.
        cost_kind: whose amounts they are.
        today: the day that is not complete.
        currency: that of the amounts.
    """
    if row["yesterday_amount"] is None or row["usual_amount"] is None:
        return ""
    amount, usual = row["yesterday_amount"], Decimal(str(row["usual_amount"]))
    cost = f"Yesterday cost {formats.money(amount, currency)}"
    if cost_kind != SPEND:
        cost = f"Yesterday's use is worth {formats.money(amount, currency)}"
    weekday = f"{today - timedelta(days=1):%A}"
    if usual <= 0:
        return f"{cost}; a usual {weekday} has no cost." if amount > 0 else ""
    ratio = amount / usual - 1
    if abs(ratio) < _USUAL:
        return f"{cost}, about as a usual {weekday}."
    word = "above" if ratio > 0 else "below"
    return f"{cost}, {formats.percent(abs(ratio))} {word} a usual {weekday} ({formats.money(usual, currency)})."
