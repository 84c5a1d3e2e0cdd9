"""A budget has reached one of its levels. Only the highest one is reported; it includes the ones below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from notifications.alerts import Severity
from notifications.budgets import COLUMNS, COURSES, JOINS, Budget, condition_of, period_of
from notifications.conditions import Bar, Condition, Figures
from notifications.rules import Rule
from pipelines.presentation.formats import day, full_money

NAME = "budget_threshold"
FULL = 100
QUERY = f"""
{COURSES}
select
    {COLUMNS},
    status.is_current,
    status.rollover_amount,
    status.level_reached
from rpt_budget_status as status
{JOINS}
-- Costs still arrive for a period that is over: it is evaluated for five weeks more.
where status.level_reached is not null and status.period_end > build.as_of::date - 35
order by status.budget, status.period_start
"""  # noqa: S608 - constants of ours


@dataclass(frozen=True, kw_only=True)
class BudgetStatus(Budget):
    """A budget's period that has reached a level; `rollover_amount` was left of the period before."""

    is_current: bool
    rollover_amount: Decimal
    level_reached: int | None


def condition(budget: BudgetStatus, _threshold: Decimal) -> Condition | None:
    """The level that the budget has reached; of a period that is over, only if all of it is spent."""
    if budget.level_reached is None or (not budget.is_current and budget.level_reached < FULL):
        return None
    percent = int(budget.spent_amount * 100 / budget.amount)
    spent, amount = (full_money(each, budget.currency) for each in (budget.spent_amount, budget.amount))
    verb = "is" if budget.is_current else "was"
    length = (budget.period_end - budget.period_start).days
    elapsed = min((budget.as_of.date() - budget.period_start).days, length)
    return condition_of(
        budget,
        NAME,
        f"{percent} % of the {period_of(budget)} budget {verb} spent ({spent} of {amount})",
        severity=Severity.CRITICAL if percent >= FULL else Severity.WARNING,
        level=budget.level_reached,
        money=budget.spent_amount,
        figures=_figures(budget, f"{spent} of {amount} ({percent} %)"),
        bars=(
            Bar(f"Spent {spent} of {amount} ({percent} %)", percent),
            Bar(f"Time: day {elapsed} of {length}", round(100 * elapsed / length)),
        ),
        is_over=not budget.is_current,
        **_facts(budget, elapsed, length),
    )


def _figures(budget: BudgetStatus, spent: str) -> Figures:
    remaining = budget.amount - budget.spent_amount
    carried_over = full_money(budget.rollover_amount, budget.currency)
    last = budget.period_end - timedelta(days=1)
    return (
        ("Spent", spent),
        ("Over by" if remaining < 0 else "Left", full_money(abs(remaining), budget.currency)),
        *([("Carried over, in the amount", carried_over)] if budget.rollover_amount else []),
        ("Period", f"{day(budget.period_start)} to {day(last)}"),
        ("Covers", budget.scope),
        ("Level", f"{budget.level_reached} %, reported once for this period"),
    )


def _facts(budget: BudgetStatus, elapsed: int, length: int) -> dict[str, Any]:
    return {
        "is_current": budget.is_current,
        "over": budget.spent_amount > budget.amount,
        "elapsed": elapsed,
        "length": length,
        "a_day": full_money(budget.spent_amount / max(elapsed, 1), budget.currency),
        "even_pace": full_money(budget.amount / Decimal(length), budget.currency),
    }


EXAMPLE = BudgetStatus(
    budget="everything",
    period="month",
    period_start=date(2026, 11, 1),
    period_end=date(2026, 12, 1),
    is_current=True,
    scope="provider <openai>",
    base_amount=Decimal(2000),
    amount=Decimal(2000),
    rollover_amount=Decimal(0),
    currency="USD",
    spent_amount=Decimal(1450),
    cost_dates=tuple(date(2026, 11, number) for number in range(1, 21)),
    daily_amounts=tuple(
        map(Decimal, (52, 55, 61, 58, 60, 21, 18, 64, 66, 71, 69, 73, 25, 22, 96, 118, 131, 140, 128, 122))
    ),
    level_reached=70,
    as_of=datetime(2026, 11, 20, 9, tzinfo=UTC),
    driver_model="gpt-5.2",
    driver_amount=Decimal("310.5"),
)
RULE = Rule(
    name=NAME,
    title="A budget has reached one of the levels of `alert_at`",
    row=BudgetStatus,
    query=QUERY,
    condition=condition,
    example=EXAMPLE,
)
