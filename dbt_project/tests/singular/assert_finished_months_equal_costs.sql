-- A returned row means: a finished month's total is not the sum of its costs.
with costs as (

    select
        date_trunc('month', costs.cost_date)::date as month,
        costs.cost_kind,
        costs.currency,
        sum(costs.cost_amount) as amount
    from {{ ref('fct_costs') }} as costs
    cross join {{ ref('stg_landing__build') }} as build
    where costs.cost_date < build.as_of_month and costs.cost_amount is not null
    group by all

),

months as (

    select month, cost_kind, currency, current_amount
    from {{ ref('rpt_monthly_comparisons') }}
    where comparison = 'full_month' and dimension = 'total' and change_status <> 'gone'

)

select
    costs.month,
    costs.cost_kind,
    costs.currency,
    costs.amount,
    months.current_amount
from costs
full outer join months
    on costs.month = months.month and costs.cost_kind = months.cost_kind and costs.currency = months.currency
where costs.amount is distinct from months.current_amount
