-- A returned row means: the days of the reporting zone sum to something else than the UTC days.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_local_daily_costs'}}}) }}

with local_days as (

    select
        cost_kind,
        currency,
        sum(cost_amount) as amount,
        sum(total_tokens) as tokens
    from {{ ref('rpt_local_daily_costs') }}
    group by
        cost_kind,
        currency

),

utc_days as (

    select
        cost_kind,
        currency,
        sum(cost_amount) as amount,
        sum(total_tokens) as tokens
    from {{ ref('fct_costs') }}
    group by
        cost_kind,
        currency

)

select
    coalesce(local_days.cost_kind, utc_days.cost_kind) as cost_kind,
    local_days.amount as local_amount,
    utc_days.amount as utc_amount,
    local_days.tokens as local_tokens,
    utc_days.tokens as utc_tokens
from local_days
full outer join utc_days
    on
        local_days.cost_kind = utc_days.cost_kind
        and local_days.currency is not distinct from utc_days.currency
where
    local_days.amount is distinct from utc_days.amount
    or local_days.tokens is distinct from utc_days.tokens
