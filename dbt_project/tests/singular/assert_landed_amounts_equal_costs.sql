-- A returned row means: amounts of this currency were lost or doubled between landing and costs.
{{ config(meta={'dagster': {'ref': {'name': 'fct_costs'}}}) }}

with landed as (

    select
        currency,
        sum(cost_amount) as amount
    from {{ ref('stg_landing__usage_records') }}
    where cost_amount is not null
    group by currency

),

modelled as (

    select
        currency,
        cost_amount
    from {{ ref('fct_costs') }}
    where price_status = 'reported'
    union all
    select
        currency,
        cost_amount
    from {{ ref('fct_cost_candidates') }}
    where price_status = 'reported' and not is_chosen

),

summed as (

    select
        currency,
        sum(cost_amount) as amount
    from modelled
    group by currency

)

select
    landed.amount as landed_amount,
    summed.amount as modelled_amount,
    coalesce(landed.currency, summed.currency) as currency
from landed
full outer join summed on landed.currency = summed.currency
where landed.amount is distinct from summed.amount
