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

cost_center_sums as (

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
    cost_center_sums.amount as borne_amount,
    coalesce(costs.month, cost_center_sums.month) as month
from costs
full outer join cost_center_sums
    on
        costs.month = cost_center_sums.month
        and costs.cost_kind = cost_center_sums.cost_kind
        and costs.currency = cost_center_sums.currency
where costs.amount is distinct from cost_center_sums.amount
