-- A returned row means: a month's models sum to something else than that month's costs.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_model_costs'}}}) }}

with costs as (

    select
        date_trunc('month', cost_date)::date as month,
        cost_kind,
        currency,
        sum(cost_amount) as amount
    from {{ ref('int_reporting_costs') }}
    where cost_amount is not null
    group by all

),

models as (

    select
        month,
        cost_kind,
        currency,
        sum(cost_amount) as amount
    from {{ ref('rpt_model_costs') }}
    where cost_amount is not null
    group by all

)

select
    costs.amount as cost_amount,
    models.amount as model_amount,
    coalesce(costs.month, models.month) as month
from costs
full outer join models
    on costs.month = models.month and costs.cost_kind = models.cost_kind and costs.currency = models.currency
where costs.amount is distinct from models.amount
