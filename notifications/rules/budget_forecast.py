"""A budget that is not spent yet is forecast to be exceeded within its period."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from notifications.alerts import Severity
from notifications.budget_words import driver_of, period_of, scope_of
from notifications.conditions import Condition, Scope
from notifications.lifecycle import Policy
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_day, full_money

NAME = "budget_forecast"
QUERY = """
select
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
    projection.projection_method as method,
    projection.projected_amount,
    projection.lower_80,
    projection.upper_80,
    projection.crosses_on,
    driver.model_id as driver_model,
    driver.change_amount as driver_amount
from rpt_budget_projections as projection
inner join rpt_budget_status as status
    on projection.budget = status.budget and projection.period_start = status.period_start
cross join rpt_build as build
left join rpt_cost_drivers as driver
    on
        driver.comparison = 'month_to_date'
        and driver.month = date_trunc('month', build.as_of)
        and driver.cost_kind = 'spend'
        and driver.currency = status.currency
        and driver.rank = 1
        and driver.change_amount > 0
        and (
            (status.scope = 'everything' and driver.dimension = 'total')
            or status.scope = driver.dimension || ' ' || driver.dimension_value
        )
where projection.projected_amount > status.amount and status.spent_amount < status.amount
order by status.budget
"""


@dataclass(frozen=True, kw_only=True)
class BudgetForecast:
    """A budget whose projection is above its amount; the bounds are null without a forecast of its scope.

    `channels` and `scopes` are not in the marts: where the budget's alerts go (None: everywhere), and what it covers.
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
    method: str
    projected_amount: float
    lower_80: float | None
    upper_80: float | None
    crosses_on: date | None
    driver_model: str | None = None
    driver_amount: Decimal | None = None
    channels: tuple[str, ...] | None = None
    scopes: Scope = field(default_factory=dict)


def condition(forecast: BudgetForecast, threshold: Decimal) -> Condition | None:
    """The forecast, if it is beyond `threshold` percent; reported once a period, and again at half as much more."""
    projected = Decimal(str(forecast.projected_amount))
    percent = projected * 100 / forecast.amount
    if percent < threshold:
        return None
    period = period_of(forecast.period, forecast.period_start, forecast.period_end)
    shown, amount = full_money(projected, forecast.currency), full_money(forecast.amount, forecast.currency)
    on = "" if forecast.crosses_on is None else f", full on {full_day(forecast.crosses_on)}"
    figures = [("Forecast", f"{shown} of {amount} ({int(percent)} %)")]
    if forecast.lower_80 is not None and forecast.upper_80 is not None:
        bounds = (full_money(Decimal(str(each)), forecast.currency) for each in (forecast.lower_80, forecast.upper_80))
        figures.append(("Eight times in ten", " to ".join(bounds)))
    figures += [
        ("Spent so far", full_money(forecast.spent_amount, forecast.currency)),
        ("Covers", forecast.scope),
        ("As of", f"{forecast.as_of:%Y-%m-%d %H:%M} UTC"),
    ]
    return Condition(
        rule=NAME,
        subject=forecast.budget,
        period=forecast.period_start.isoformat(),
        severity=Severity.WARNING,
        headline=f"{forecast.budget}: the {period} budget is forecast at {int(percent)} % ({shown} of {amount}){on}",
        level=float(percent),
        basis=f"{forecast.base_amount.normalize():f} {forecast.currency}",
        money=projected,
        currency=forecast.currency,
        figures=tuple(figures),
        facts={
            "is_run_rate": forecast.method == "run_rate",
            "driver": driver_of(forecast.driver_model, forecast.driver_amount, forecast.currency),
        },
        scope=scope_of(forecast.budget, forecast.scopes),
        channels=forecast.channels,
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
