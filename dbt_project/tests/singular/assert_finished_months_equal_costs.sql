-- A returned row means: a finished month compares something else than its costs.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_monthly_comparisons'}}}) }}

with build as (

    select as_of_month from {{ ref('stg_landing__build') }}

),

costs as (

    select
        date_trunc('month', costs.cost_date)::date as month,
        costs.cost_kind,
        costs.currency,
        sum(costs.cost_amount) as amount
    from {{ ref('int_reporting_costs') }} as costs
    inner join build on costs.cost_date < build.as_of_month
    where costs.cost_amount is not null
    group by all

),

months as (

    select
        month,
        cost_kind,
        currency,
        current_amount as amount
    from {{ ref('rpt_monthly_comparisons') }}
    where comparison = 'full_month' and dimension = 'total'

)

select
    costs.amount as cost_amount,
    months.amount as compared_amount,
    coalesce(costs.month, months.month) as month
from costs
full outer join months
    on costs.month = months.month and costs.cost_kind = months.cost_kind and costs.currency = months.currency
where coalesce(costs.amount, 0) <> coalesce(months.amount, 0)
