-- A returned row means: usage of this currency has another list price than the costs that were made of it.
{{ config(meta={'dagster': {'ref': {'name': 'fct_costs'}}}) }}

with usage as (

    select
        currency,
        sum(list_cost_amount) as amount
    from {{ ref('int_usage_summed') }}
    where price_status = 'priced' and not is_costed and price_basis = 'as_billed'
    group by currency

),

published_costs as (

    select
        currency,
        cost_amount
    from {{ ref('fct_costs') }}
    where price_status = 'priced'
    union all
    select
        currency,
        cost_amount
    from {{ ref('fct_cost_candidates') }}
    where price_status = 'priced' and not is_chosen

),

published_sums as (

    select
        currency,
        sum(cost_amount) as amount
    from published_costs
    group by currency

)

select
    usage.amount as list_amount,
    published_sums.amount as modelled_amount,
    coalesce(usage.currency, published_sums.currency) as currency
from usage
full outer join published_sums on usage.currency = published_sums.currency
where usage.amount is distinct from published_sums.amount
