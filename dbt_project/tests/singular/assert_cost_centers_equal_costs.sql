-- A returned row means: the cost centres of a month bear more or less than that month's costs.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_cost_center_statement'}}}) }}

with costs as (

    select
        date_trunc('month', cost_date)::date as month,
        cost_kind,
        currency,
        sum(cost_amount) as amount
    from {{ ref('fct_costs') }}
    where cost_amount is not null
    group by all

),

borne as (

    select
        month,
        cost_kind,
        currency,
        sum(cost_amount) as amount
    from {{ ref('rpt_cost_center_statement') }}
    group by all

)

select
    costs.amount as cost_amount,
    borne.amount as borne_amount,
    coalesce(costs.month, borne.month) as month
from costs
full outer join borne
    on costs.month = borne.month and costs.cost_kind = borne.cost_kind and costs.currency = borne.currency
where costs.amount is distinct from borne.amount
