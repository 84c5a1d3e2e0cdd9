-- A returned row means: the hours of a source sum to something else than its days.
{{ config(meta={'dagster': {'ref': {'name': 'fct_hourly_usage'}}}) }}

with hours as (

    select
        source,
        sum(total_tokens) as tokens,
        sum(requests) as requests,
        coalesce(sum(list_cost_amount), 0) as amount
    from {{ ref('fct_hourly_usage') }}
    group by source

),

days as (

    select
        source,
        sum(total_tokens) as tokens,
        sum(requests) as requests,
        coalesce(sum(list_cost_amount), 0) as amount
    from {{ ref('fct_usage') }}
    where day_basis = 'exact'
    group by source

)

select
    coalesce(hours.source, days.source) as source,
    hours.tokens as tokens_of_hours,
    days.tokens as tokens_of_days,
    hours.amount as amount_of_hours,
    days.amount as amount_of_days
from hours
full outer join days on hours.source = days.source
where
    hours.tokens is distinct from days.tokens
    or hours.requests is distinct from days.requests
    or hours.amount is distinct from days.amount
