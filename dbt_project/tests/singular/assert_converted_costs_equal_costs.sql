-- A returned row means: the original amounts of the converted ones do not add up to the facts, or an
-- amount in the reporting currency was changed.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_converted_costs'}}}) }}

with costs as (

    select
        cost_kind,
        currency,
        sum(cost_amount) as amount
    from {{ ref('fct_costs') }}
    where cost_amount is not null
    group by cost_kind, currency

),

converted as (

    select
        cost_kind,
        currency,
        sum(cost_amount) as amount,
        sum(converted_amount) filter (conversion_status = 'same') as same_amount
    from {{ ref('rpt_converted_costs') }}
    group by cost_kind, currency

)

select
    costs.amount,
    converted.amount as original_amount,
    converted.same_amount,
    coalesce(costs.cost_kind, converted.cost_kind) as cost_kind,
    coalesce(costs.currency, converted.currency) as currency
from costs
full outer join converted
    on costs.cost_kind = converted.cost_kind and costs.currency = converted.currency
where
    costs.amount is distinct from converted.amount
    or (converted.same_amount is not null and converted.same_amount <> converted.amount)
