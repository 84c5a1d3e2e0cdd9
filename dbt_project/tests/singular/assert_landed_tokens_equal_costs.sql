-- A returned row means: tokens or requests were lost or doubled between landing and costs; it has the landed sums.
{{ config(meta={'dagster': {'ref': {'name': 'fct_costs'}}}) }}

with published_costs as (

    select
        requests,
        total_tokens
    from {{ ref('fct_costs') }}

    union all

    select
        requests,
        total_tokens
    from {{ ref('fct_cost_candidates') }}
    where not counts_usage

),

landed_sums as (

    select
        sum(requests) as requests,
        sum({{ meter_total('is_token') }}) as total_tokens
    from {{ ref('stg_landing__usage_records') }}

),

published_sums as (

    select
        sum(requests) as requests,
        sum(total_tokens) as total_tokens
    from published_costs

)

select * from landed_sums
except
select * from published_sums
