-- A returned row means: priced usage of this currency is worth something else in the facts than record by record.
with priced as (

    select currency, sum(list_cost_amount) as amount
    from {{ ref('int_usage_priced') }}
    group by currency

),

modelled as (

    select currency, cost_amount from {{ ref('fct_costs') }} where price_status = 'priced'
    union all
    select currency, cost_amount from {{ ref('int_costs_replaced') }} where price_status = 'priced'

),

summed as (

    select currency, sum(cost_amount) as amount
    from modelled
    group by currency

)

select
    priced.currency,
    priced.amount as priced_amount,
    summed.amount as modelled_amount
from priced
left join summed on priced.currency = summed.currency
where coalesce(priced.amount, 0) <> coalesce(summed.amount, 0)
