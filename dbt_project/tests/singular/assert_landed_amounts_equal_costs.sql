-- A returned row means: amounts of this currency were lost or doubled between landing and costs.
{{ config(meta={'dagster': {'ref': {'name': 'fct_costs'}}}) }}

with landed_sums as (

    select
        currency,
        sum(cost_amount) as amount
    from {{ ref('stg_landing__usage_records') }}
    where cost_amount is not null
    group by currency

),

published_costs as (

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

published_sums as (

    select
        currency,
        sum(cost_amount) as amount
    from published_costs
    group by currency

)

select
    landed_sums.amount as landed_amount,
    published_sums.amount as modelled_amount,
    coalesce(landed_sums.currency, published_sums.currency) as currency
from landed_sums
full outer join published_sums on landed_sums.currency = published_sums.currency
where landed_sums.amount is distinct from published_sums.amount
