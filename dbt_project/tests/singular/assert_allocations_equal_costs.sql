-- A returned row means: a day's amounts of this source were lost or doubled while they were spread.
{{ config(meta={'dagster': {'ref': {'name': 'fct_cost_allocations'}}}) }}

with costs as (

    select
        cost_date,
        provider,
        account_name,
        source,
        cost_kind,
        currency,
        sum(cost_amount) as amount
    from {{ ref('fct_costs') }}
    where cost_amount is not null
    group by all

),

allocated as (

    select
        cost_date,
        provider,
        account_name,
        source,
        cost_kind,
        currency,
        sum(cost_amount) as amount
    from {{ ref('fct_cost_allocations') }}
    group by all

)

select
    costs.amount as cost_amount,
    allocated.amount as allocated_amount,
    coalesce(costs.cost_date, allocated.cost_date) as cost_date,
    coalesce(costs.account_name, allocated.account_name) as account_name
from costs
full outer join allocated
    on
        costs.cost_date = allocated.cost_date
        and costs.provider = allocated.provider
        and costs.account_name = allocated.account_name
        and costs.source = allocated.source
        and costs.cost_kind = allocated.cost_kind
        and costs.currency = allocated.currency
where costs.amount is distinct from allocated.amount
