"""A budget has reached one of its levels. Only the highest one is reported; it includes the ones below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from notifications.alerts import Severity
from notifications.budget_words import driver_of, period_of, scope_of
from notifications.conditions import Bar, Condition, Figures, Scope
from notifications.rules import Rule
from pipelines.presentation.formats import day, full_money

NAME = "budget_threshold"
FULL = 100
QUERY = """
select
    status.budget,
    status.period,
    status.period_start,
    status.period_end,
    status.is_current,
    status.scope,
    status.base_amount,
    status.amount,
    status.rollover_amount,
    status.currency,
    status.spent_amount,
    status.level_reached,
    build.as_of,
    driver.model_id as driver_model,
    driver.change_amount as driver_amount
from rpt_budget_status as status
cross join rpt_build as build
left join rpt_cost_drivers as driver
    on
        status.is_current
        and driver.comparison = 'month_to_date'
        and driver.month = date_trunc('month', build.as_of)
        and driver.cost_kind = 'spend'
        and driver.currency = status.currency
        and driver.rank = 1
        and driver.change_amount > 0
        and (
            (status.scope = 'everything' and driver.dimension = 'total')
            or status.scope = driver.dimension || ' ' || driver.dimension_value
        )
-- Costs still arrive for a period that is over: it is judged for five weeks more.
where status.level_reached is not null and status.period_end > build.as_of::date - 35
order by status.budget, status.period_start
"""


@dataclass(frozen=True, kw_only=True)
class BudgetStatus:
    """A budget's period that has reached a level, with the model whose spend rose most since the month before.

    `base_amount` is what is configured; `rollover_amount` was left of the period before, and `amount` is both.
    `channels` and `scopes` are not in the marts: where the budget's alerts go (None: everywhere), and what it covers.
    """

    budget: str
    period: str
    period_start: date
    period_end: date
    is_current: bool
    scope: str
    base_amount: Decimal
    amount: Decimal
    rollover_amount: Decimal
    currency: str
    spent_amount: Decimal
    level_reached: int | None
    as_of: datetime
    driver_model: str | None = None
    driver_amount: Decimal | None = None
    channels: tuple[str, ...] | None = None
    scopes: Scope = field(default_factory=dict)


def condition(budget: BudgetStatus, _threshold: Decimal) -> Condition | None:
    """The level that the budget has reached; of a period that is over, only if all of it is spent."""
    if budget.level_reached is None or (not budget.is_current and budget.level_reached < FULL):
        return None
    percent = int(budget.spent_amount * 100 / budget.amount)
    spent, amount = (full_money(each, budget.currency) for each in (budget.spent_amount, budget.amount))
    verb = "is" if budget.is_current else "was"
    period = period_of(budget.period, budget.period_start, budget.period_end)
    length = (budget.period_end - budget.period_start).days
    elapsed = min((budget.as_of.date() - budget.period_start).days, length)
    return Condition(
        rule=NAME,
        subject=budget.budget,
        period=budget.period_start.isoformat(),
        severity=Severity.CRITICAL if percent >= FULL else Severity.WARNING,
        headline=f"{budget.budget}: {percent} % of the {period} budget {verb} spent ({spent} of {amount})",
        level=budget.level_reached,
        basis=f"{budget.base_amount.normalize():f} {budget.currency}",
        is_over=not budget.is_current,
        money=budget.spent_amount,
        currency=budget.currency,
        figures=_figures(budget, f"{spent} of {amount} ({percent} %)"),
        bars=(
            Bar(f"Spent {spent} of {amount} ({percent} %)", percent),
            Bar(f"Time: day {elapsed} of {length}", round(100 * elapsed / length)),
        ),
        facts=_facts(budget, elapsed, length),
        scope=scope_of(budget.budget, budget.scopes),
        channels=budget.channels,
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
        ("As of", f"{budget.as_of:%Y-%m-%d %H:%M} UTC"),
    )


def _facts(budget: BudgetStatus, elapsed: int, length: int) -> dict[str, Any]:
    return {
        "is_current": budget.is_current,
        "over": budget.spent_amount > budget.amount,
        "elapsed": elapsed,
        "length": length,
        "a_day": full_money(budget.spent_amount / max(elapsed, 1), budget.currency),
        "even_pace": full_money(budget.amount / Decimal(length), budget.currency),
        "driver": driver_of(budget.driver_model, budget.driver_amount, budget.currency),
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
