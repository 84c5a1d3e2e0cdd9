"""Budgets as rpt_budget_status reports them, for the rules to look at."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from notifications.observations import Observations
from notifications.rules.budget_threshold import NAME, BudgetStatus

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LEVELS = (70, 90, 100)


def budget(spent: str, **reported: Any) -> BudgetStatus:
    """A monthly budget of 2,000 USD of which `spent` is spent, unless reported otherwise."""
    amount = Decimal(spent)
    of = reported.get("amount", Decimal(2000))
    reached = [level for level in LEVELS if amount * 100 >= level * of]
    values: dict[str, Any] = {
        "budget": "everything",
        "period": "month",
        "period_start": date(2026, 11, 1),
        "period_end": date(2026, 12, 1),
        "is_current": True,
        "scope": "everything",
        "base_amount": of,
        "amount": of,
        "rollover_amount": Decimal(0),
        "currency": "USD",
        "spent_amount": amount,
        "level_reached": max(reached, default=None),
        "as_of": NOW,
    }
    return BudgetStatus(**{**values, **reported})


def seen(*budgets: BudgetStatus) -> Observations:
    """What the rules are shown."""
    return Observations(rows={NAME: budgets}, as_of=NOW)
