"""What the rules of budgets share: a budget's period of rpt_budget_status, with the model whose spend rose most.

Belongs here: the columns, the joins and the words. Does not: which budgets are reported, which its rules define.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from notifications.alerts import Severity
from notifications.conditions import Bar, Condition, Figures, Scope
from notifications.courses import course
from notifications.sparkline import Sparkline
from pipelines.presentation.formats import day, full_money

COURSES = """
with courses as (
    select
        budget,
        period_start,
        list(cost_date order by cost_date) as cost_dates,
        list(spent_amount order by cost_date) as daily_amounts
    from rpt_budget_days
    group by budget, period_start
)
"""
"""What each day of a period cost; a query that has `JOINS` begins with it."""
COLUMNS = """
    status.budget,
    status.period,
    status.period_start,
    status.period_end,
    status.scope,
    status.base_amount,
    status.amount,
    status.currency,
    status.spent_amount,
    build.as_of,
    coalesce(courses.cost_dates, []) as cost_dates,
    coalesce(courses.daily_amounts, []) as daily_amounts,
    driver.model_id as driver_model,
    driver.change_amount as driver_amount"""
"""The columns of a `Budget`, of rpt_budget_status as `status` with `JOINS`."""
JOINS = """
cross join rpt_build as build
left join courses on status.budget = courses.budget and status.period_start = courses.period_start
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
        )"""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """A budget's period, with the model whose spend rose most since the month before, and what its days cost.

    `base_amount` is what is configured; `amount` also has what was carried over from the period before. `channels` and
    `scopes` are not in the marts: where the budget's alerts go (None: everywhere), and what it covers.
    """

    budget: str
    period: str
    period_start: date
    period_end: date
    scope: str
    base_amount: Decimal
    amount: Decimal
    currency: str
    spent_amount: Decimal
    as_of: datetime
    driver_model: str | None = None
    driver_amount: Decimal | None = None
    cost_dates: tuple[date, ...] = ()
    daily_amounts: tuple[Decimal, ...] = ()
    channels: tuple[str, ...] | None = None
    scopes: Scope = field(default_factory=dict)


def period_of(budget: Budget) -> str:
    """A budget's period as people name it: "November", "Q4 2026", "2026", "Nov 3 to Nov 30"."""
    start, end = budget.period_start, budget.period_end
    calendar = {"month": f"{start:%B}", "quarter": f"Q{(start.month + 2) // 3} {start.year}", "year": str(start.year)}
    return calendar.get(budget.period) or f"{day(start)} to {day(end - timedelta(days=1))}"


def driver_of(budget: Budget) -> str | None:
    """The sentence on the model whose spend rose most, if any did."""
    if budget.driver_model is None or budget.driver_amount is None:
        return None
    rise = full_money(budget.driver_amount, budget.currency)
    return f"Compared with the same days of the month before, {budget.driver_model} rose most: by {rise}."


def course_of(budget: Budget) -> Sparkline | None:
    """The days of the period so far; a day without spend is not among `cost_dates`."""
    if not budget.cost_dates:
        return None
    spent = dict(zip(budget.cost_dates, budget.daily_amounts, strict=True))
    length = (max(budget.cost_dates) - budget.period_start).days + 1
    amounts = [spent.get(budget.period_start + timedelta(days=number), Decimal(0)) for number in range(length)]
    return course(budget.period_start, amounts, budget.period_start, budget.currency)


def condition_of(
    budget: Budget,
    rule: str,
    headline: str,
    *,
    severity: Severity,
    level: float,
    money: Decimal,
    figures: Figures,
    bars: tuple[Bar, ...] = (),
    is_over: bool = False,
    **facts: Any,
) -> Condition:
    """The condition of a budget's period; `facts` are what its template words."""
    return Condition(
        rule=rule,
        subject=budget.budget,
        period=budget.period_start.isoformat(),
        severity=severity,
        headline=f"{budget.budget}: {headline}",
        level=level,
        basis=f"{budget.base_amount.normalize():f} {budget.currency}",
        is_over=is_over,
        money=money,
        currency=budget.currency,
        figures=(*figures, ("As of", f"{budget.as_of:%Y-%m-%d %H:%M} UTC")),
        bars=bars,
        sparkline=course_of(budget),
        facts={"driver": driver_of(budget), **facts},
        scope={"budget": (budget.budget,), **budget.scopes},
        channels=budget.channels,
    )
