"""What rules look at, as plain dataclasses; the composition root fills them from the marts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any


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


Row = Mapping[str, Any]
"""A row of a rule's query: column -> value."""


@dataclass(frozen=True, kw_only=True)
class Observations:
    """Everything the rules may look at, at one moment.

    `rows` are what each rule's query answered, by the rule's name. `is_sample`: the sample company's build was asked.
    """

    budgets: tuple[BudgetStatus, ...] = ()
    failed_runs: tuple[FailedRun, ...] = ()
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    is_sample: bool = False
