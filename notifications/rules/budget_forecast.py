"""A budget that is not spent yet is forecast to be exceeded within its period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from notifications.alerts import Severity
from notifications.budgets import COLUMNS, COURSES, JOINS, Budget, condition_of, period_of
from notifications.conditions import Condition
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_day, full_money

NAME = "budget_forecast"
QUERY = f"""
{COURSES}
select
    {COLUMNS},
    projection.projection_method as method,
    projection.projected_amount,
    projection.lower_80,
    projection.upper_80,
    projection.crosses_on
from rpt_budget_projections as projection
inner join rpt_budget_status as status
    on projection.budget = status.budget and projection.period_start = status.period_start
{JOINS}
where projection.projected_amount > status.amount and status.spent_amount < status.amount
order by status.budget
"""  # noqa: S608 - constants of ours


@dataclass(frozen=True, kw_only=True)
class BudgetForecast(Budget):
    """A budget whose projection is above its amount; the bounds are null without a forecast of its scope."""

    method: str
    projected_amount: float
    lower_80: float | None
    upper_80: float | None
    crosses_on: date | None


def condition(forecast: BudgetForecast, threshold: Decimal) -> Condition | None:
    """The forecast, if it is beyond `threshold` percent; reported once a period, and again at half as much more."""
    projected = Decimal(str(forecast.projected_amount))
    percent = projected * 100 / forecast.amount
    if percent < threshold:
        return None
    shown, amount = full_money(projected, forecast.currency), full_money(forecast.amount, forecast.currency)
    on = "" if forecast.crosses_on is None else f", full on {full_day(forecast.crosses_on)}"
    figures = [("Forecast", f"{shown} of {amount} ({int(percent)} %)")]
    if forecast.lower_80 is not None and forecast.upper_80 is not None:
        bounds = (full_money(Decimal(str(each)), forecast.currency) for each in (forecast.lower_80, forecast.upper_80))
        figures.append(("Eight times in ten", " to ".join(bounds)))
    figures += [("Spent so far", full_money(forecast.spent_amount, forecast.currency)), ("Covers", forecast.scope)]
    return condition_of(
        forecast,
        NAME,
        f"the {period_of(forecast)} budget is forecast at {int(percent)} % ({shown} of {amount}){on}",
        severity=Severity.WARNING,
        level=float(percent),
        money=projected,
        figures=tuple(figures),
        is_run_rate=forecast.method == "run_rate",
    )


EXAMPLE = BudgetForecast(
    budget="research",
    period="month",
    period_start=date(2026, 11, 1),
    period_end=date(2026, 12, 1),
    scope="project <atlas>",
    base_amount=Decimal(2000),
    amount=Decimal(2000),
    currency="USD",
    spent_amount=Decimal(900),
    as_of=datetime(2026, 11, 12, 9, 4, tzinfo=UTC),
    method="run_rate",
    projected_amount=2560.0,
    lower_80=2300.0,
    upper_80=2800.0,
    crosses_on=date(2026, 11, 25),
    driver_model="gpt-5.2",
    driver_amount=Decimal("310.5"),
)
RULE = Rule(
    name=NAME,
    title="A budget that is not spent yet is forecast to be exceeded",
    row=BudgetForecast,
    query=QUERY,
    condition=condition,
    example=EXAMPLE,
    threshold=Threshold(Decimal(105), "percent of the amount that the forecast has to reach"),
    policy=Policy(growth=1.5, resolved_after=timedelta(days=2)),
)
