"""Budgets as rpt_budget_status states them, for the rules to look at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from notifications.observations import BudgetStatus, Observations

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEVELS = (70, 90, 100)


def budget(spent: str, **reported: Any) -> BudgetStatus:
    """A monthly budget of 2,000 USD of which `spent` is spent, unless stated otherwise."""
    amount = Decimal(spent)
    reached = [level for level in LEVELS if amount * 100 >= level * 2000]
    values: dict[str, Any] = {
        "budget": "everything",
        "period": "month",
        "period_start": date(2026, 11, 1),
        "period_end": date(2026, 12, 1),
        "scope": "everything",
        "amount": Decimal(2000),
        "rollover_amount": Decimal(0),
        "currency": "USD",
        "spent_amount": amount,
        "remaining_amount": Decimal(2000) - amount,
        "alert_at": LEVELS,
        "level_reached": max(reached, default=None),
        "as_of": NOW,
        "is_sample": False,
    }
    return BudgetStatus(**{**values, **reported})


def seen(*budgets: BudgetStatus) -> Observations:
    """What the rules are shown."""
    return Observations(budgets=budgets)
