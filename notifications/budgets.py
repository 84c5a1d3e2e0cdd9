"""What the rules of budgets say alike: the period's name, the scope and the driver.

Belongs here: words and scopes of a budget. Does not: when a budget is reported, which its rules say.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from notifications.conditions import Scope
from pipelines.presentation.formats import day, full_money


def period_of(period: str, start: date, end: date) -> str:
    """A budget's period as people name it: "November", "Q4 2026", "2026", "Nov 3 to Nov 30"."""
    calendar = {"month": f"{start:%B}", "quarter": f"Q{(start.month + 2) // 3} {start.year}", "year": str(start.year)}
    return calendar.get(period) or f"{day(start)} to {day(end - timedelta(days=1))}"


def driver_of(model: str | None, amount: Decimal | None, currency: str) -> str | None:
    """The sentence on what rose most, if anything did."""
    if model is None or amount is None:
        return None
    return f"Compared with the same days of the month before, {model} rose most: by {full_money(amount, currency)}."


def scope_of(budget: str, scopes: Scope) -> Scope:
    """Whose money a budget is about, for filters and routes; one that covers everything is about everybody's."""
    return {"budget": (budget,), **scopes}
