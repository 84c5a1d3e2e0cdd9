-- A returned row means: a comparison's sources, compared or left out, do not add up to its total.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_comparison_sources'}}}) }}

with sources as (

    select
        comparison,
        month,
        cost_kind,
        currency,
        coalesce(sum(current_amount), 0) as current_amount,
        coalesce(sum(current_amount) filter (is_compared), 0) as compared_amount,
        coalesce(sum(previous_amount) filter (is_compared), 0) as previous_amount
    from {{ ref('rpt_comparison_sources') }}
    group by all

),

totals as (

    select
        comparison,
        month,
        cost_kind,
        currency,
        current_amount,
        coalesce(compared_amount, 0) as compared_amount,
        coalesce(previous_amount, 0) as previous_amount
    from {{ ref('rpt_monthly_comparisons') }}
    where dimension = 'total'

)

select * from totals
except
select * from sources
