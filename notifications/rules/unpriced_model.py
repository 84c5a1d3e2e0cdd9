"""A model is used whose use has no price, so totals lack it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import UNTIL_FIXED
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_day, tokens

NAME = "unpriced_model"
QUERY = """
select
    costs.provider,
    costs.model_id,
    sum(costs.total_tokens)::bigint as unpriced_tokens,
    min(costs.cost_date) as first_day,
    max(costs.cost_date) as last_day,
    coalesce(max(models.unpriced_reasons), 'the price list does not know it') as reason
from fct_costs as costs
cross join rpt_build as build
left join dim_models as models on costs.provider = models.provider and costs.model_id = models.model_id
where costs.price_status = 'unpriced' and costs.cost_date >= build.as_of::date - 30
group by costs.provider, costs.model_id
order by costs.provider, costs.model_id
"""


@dataclass(frozen=True, kw_only=True)
class UnpricedModel:
    """A model with use of the last 30 days that has no price."""

    provider: str | None
    model_id: str | None
    unpriced_tokens: int | None
    first_day: date
    last_day: date
    reason: str


def condition(model: UnpricedModel, threshold: Decimal) -> Condition | None:
    """One for each model from `threshold` tokens on, and again at ten times as many."""
    number = model.unpriced_tokens or 0
    if number < threshold:
        return None
    provider, model_id = model.provider or "an unknown provider", model.model_id or "an unnamed model"
    return Condition(
        rule=NAME,
        subject=f"{provider} {model_id}",
        severity=Severity.WARNING,
        headline=f"{model_id} of {provider} has no price: {tokens(number)} tokens are in no total",
        level=float(number),
        figures=(
            ("Tokens without a price", tokens(number)),
            ("First day", full_day(model.first_day)),
            ("Last day", full_day(model.last_day)),
        ),
        facts={"reason": model.reason},
        scope={"provider": (provider,), "model": (model_id,)},
    )


RULE = Rule(
    name=NAME,
    title="A model is used that has no price",
    row=UnpricedModel,
    query=QUERY,
    condition=condition,
    example=UnpricedModel(
        provider="acme",
        model_id="<acme-large>",
        unpriced_tokens=1_250_000,
        first_day=date(2026, 11, 2),
        last_day=date(2026, 11, 19),
        reason="the price list does not know it",
    ),
    threshold=Threshold(Decimal(10_000), "tokens without a price within the last 30 days"),
    policy=UNTIL_FIXED,
    past="a model that was priced later has its price for earlier days too",
)
