"""What rules look at, as plain dataclasses; the composition root fills them from the marts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class BudgetStatus:
    """One row of rpt_budget_status, and the channels the budget names (None: all).

    `amount` is what may be spent in the period, `rollover_amount` the part of it that was left of the one before.
    """

    budget: str
    period: str
    period_start: date
    period_end: date
    scope: str
    amount: Decimal
    rollover_amount: Decimal
    currency: str
    spent_amount: Decimal
    remaining_amount: Decimal
    alert_at: tuple[int, ...]
    level_reached: int | None
    as_of: datetime
    is_sample: bool
    channels: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class FailedRun:
    """A run that ended in failure, with its reason, secrets already taken out."""

    run_id: str
    job_name: str
    reason: str
    failed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Observations:
    """Everything the rules may look at, at one moment."""

    budgets: tuple[BudgetStatus, ...] = ()
    failed_runs: tuple[FailedRun, ...] = ()
