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

allocation_sums as (

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
    allocation_sums.amount as allocated_amount,
    coalesce(costs.cost_date, allocation_sums.cost_date) as cost_date,
    coalesce(costs.account_name, allocation_sums.account_name) as account_name
from costs
full outer join allocation_sums
    on
        costs.cost_date = allocation_sums.cost_date
        and costs.provider = allocation_sums.provider
        and costs.account_name = allocation_sums.account_name
        and costs.source = allocation_sums.source
        and costs.cost_kind = allocation_sums.cost_kind
        and costs.currency = allocation_sums.currency
where costs.amount is distinct from allocation_sums.amount
