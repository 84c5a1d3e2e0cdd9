-- A returned row means: a day counts other tokens of this source among the costs than among the usage. Sources that
-- state amounts for their use are left out: an amount for several days is spread, its usage is not.
{{ config(meta={'dagster': {'ref': {'name': 'fct_usage'}}}) }}

with usage as (

    select
        usage_date,
        provider,
        account_name,
        source,
        sum(total_tokens) as tokens,
        bool_or(is_costed) as is_costed
    from {{ ref('fct_usage') }}
    group by all

),

costs as (

    select
        cost_date,
        provider,
        account_name,
        source,
        sum(total_tokens) as tokens
    from {{ ref('fct_costs') }}
    group by all

)

select
    usage.tokens as usage_tokens,
    costs.tokens as cost_tokens,
    usage.usage_date
from usage
left join costs
    on
        usage.usage_date = costs.cost_date
        and usage.provider = costs.provider
        and usage.account_name = costs.account_name
        and usage.source = costs.source
where
    not usage.is_costed
    and usage.tokens is distinct from costs.tokens
