-- One row per cost kind, provider and model over the whole time, in the reporting currency.
with
build as (
    select currency from rpt_build
)

select
    cost.cost_kind,
    cost.provider,
    cost.model_id,
    sum(cost.total_tokens)::bigint as total_tokens,
    sum(cost.cost_amount) as cost_amount,
    bool_or(cost.price_status in ('unpriced', 'partly')) as has_unpriced
from rpt_model_costs as cost
cross join build
where coalesce(cost.currency, build.currency) = build.currency
group by all
order by cost.cost_kind asc, cost_amount desc nulls last, cost.provider asc, cost.model_id asc
