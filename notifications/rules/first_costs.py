"""A model or a person costs money that did not before. Providers, projects and keys are of the rule new_spender."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_day, full_money, percent
from pipelines.presentation.wording import counted

NAME = "first_costs"
LEAST_SHARE = 0.05
"""Of all spend of the 30 days before: models and persons come and go, and most are not worth a word."""
KNOWN_FOR = 28
"""Days for which costs are recorded before anything counts as new."""
NEW_FOR = 7
PERSON = "coalesce(tags ->> '$.user_id', tags ->> '$.user_email', tags ->> '$.user')"
QUERY = f"""
with costs as (
    select cost_date, provider, model_id, currency, cost_amount, tags
    from fct_costs
    where cost_kind = 'spend' and cost_amount > 0
),

named as (
    select 'model' as dimension, model_id as name, provider, cost_date, currency, cost_amount
    from costs where model_id is not null
    union all
    select 'person', {PERSON}, provider, cost_date, currency, cost_amount
    from costs where {PERSON} is not null
),

recorded as (select currency, min(cost_date) as first_date from costs group by currency),

providers as (select provider, min(cost_date) as first_date from costs group by provider),

firsts as (
    select dimension, name, currency, min(cost_date) as first_date, arg_min(provider, cost_date) as provider
    from named
    group by dimension, name, currency
),

weeks as (
    select
        firsts.*,
        sum(named.cost_amount) as amount,
        max(named.cost_date) as last_date
    from firsts
    inner join named
        on
            firsts.dimension = named.dimension
            and firsts.name = named.name
            and firsts.currency = named.currency
            and named.cost_date < firsts.first_date + {NEW_FOR}
    group by all
)

select
    weeks.dimension,
    weeks.name,
    weeks.provider,
    weeks.currency,
    weeks.first_date,
    weeks.last_date,
    weeks.amount::decimal(38, 12) as amount,
    coalesce(sum(costs.cost_amount), 0)::decimal(38, 12) as month_amount
from weeks
cross join rpt_build as build
inner join recorded on weeks.currency = recorded.currency and weeks.first_date >= recorded.first_date + {KNOWN_FOR}
inner join providers on weeks.provider = providers.provider and weeks.first_date >= providers.first_date + {KNOWN_FOR}
left join costs
    on
        weeks.currency = costs.currency
        and costs.cost_date < weeks.first_date
        and costs.cost_date >= weeks.first_date - 30
where weeks.first_date > build.as_of::date - 14
group by all
having weeks.amount >= {LEAST_SHARE} * coalesce(sum(costs.cost_amount), 0)
order by weeks.first_date, weeks.dimension, weeks.name
"""  # noqa: S608 - numbers of ours


@dataclass(frozen=True, kw_only=True)
class FirstCosts:
    """A model or person in its first week of spend, and what everything cost in the 30 days before."""

    dimension: str
    name: str
    provider: str
    currency: str
    first_date: date
    last_date: date
    amount: Decimal
    month_amount: Decimal


def condition(found: FirstCosts, threshold: Decimal) -> Condition | None:
    """One for each from `threshold` on. It has no level: that its first week goes on is no news."""
    if found.amount < threshold:
        return None
    shown = full_money(found.amount, found.currency)
    span = counted((found.last_date - found.first_date).days + 1, "day")
    month = full_money(found.month_amount, found.currency)
    share = (
        f"{percent(found.amount / found.month_amount)} of the 30 days before ({month})"
        if found.month_amount
        else "all of it"
    )
    return Condition(
        rule=NAME,
        subject=f"{found.dimension} {found.name} {found.currency}",
        period=found.first_date.isoformat(),
        severity=Severity.INFO,
        headline=f"New {found.dimension}: {found.name}, {shown} since {full_day(found.first_date)}",
        money=found.amount,
        currency=found.currency,
        figures=(
            ("Cost", f"{shown} in {span}"),
            ("Share", share),
            ("Provider", found.provider),
        ),
        facts={"dimension": found.dimension, "first_day": full_day(found.first_date)},
        scope={"provider": (found.provider,), **({"model": (found.name,)} if found.dimension == "model" else {})},
    )


RULE = Rule(
    name=NAME,
    title="A model or a person costs money that did not before: at least 5 % of a month's spend in its first week",
    row=FirstCosts,
    query=QUERY,
    condition=condition,
    example=FirstCosts(
        dimension="model",
        name="<gpt-6>",
        provider="openai",
        currency="USD",
        first_date=date(2026, 11, 16),
        last_date=date(2026, 11, 19),
        amount=Decimal("212.40"),
        month_amount=Decimal(2920),
    ),
    threshold=Threshold(Decimal(20), "the least amount of its first week, in the cost's currency"),
)
