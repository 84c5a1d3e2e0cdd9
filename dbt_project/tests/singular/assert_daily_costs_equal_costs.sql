-- A returned row means: the daily costs add up to something else than the facts that they summarise.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_daily_costs'}}}) }}

with costs as (

    select
        cost_kind,
        billing_currency as currency,
        sum(billed_amount) as amount,
        sum(cost_amount) filter (currency = reporting_currency) as converted_amount,
        sum(total_tokens) as tokens
    from {{ ref('int_reporting_costs') }}
    group by cost_kind, billing_currency

),

daily as (

    select
        cost_kind,
        currency,
        sum(cost_amount) as amount,
        sum(converted_amount) as converted_amount,
        sum(total_tokens) as tokens
    from {{ ref('rpt_daily_costs') }}
    group by cost_kind, currency

)

select
    costs.amount,
    daily.amount as daily_amount,
    costs.converted_amount,
    daily.converted_amount as daily_converted_amount,
    coalesce(costs.cost_kind, daily.cost_kind) as cost_kind,
    coalesce(costs.currency, daily.currency) as currency
from costs
full outer join daily
    on costs.cost_kind = daily.cost_kind and costs.currency is not distinct from daily.currency
where
    costs.amount is distinct from daily.amount
    or costs.converted_amount is distinct from daily.converted_amount
    or costs.tokens is distinct from daily.tokens
