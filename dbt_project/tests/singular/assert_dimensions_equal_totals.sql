-- A returned row means: the values of a dimension sum to another amount than the total of the same comparison.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_monthly_comparisons'}}}) }}

with sums as (

    select
        comparison,
        month,
        cost_kind,
        currency,
        dimension,
        sum(current_amount) as current_amount,
        sum(compared_amount) as compared_amount,
        sum(previous_amount) as previous_amount
    from {{ ref('rpt_monthly_comparisons') }}
    group by all

)

select
    parts.comparison,
    parts.month,
    parts.dimension,
    parts.current_amount,
    totals.current_amount as total_current_amount,
    parts.compared_amount,
    totals.compared_amount as total_compared_amount,
    parts.previous_amount,
    totals.previous_amount as total_previous_amount
from sums as parts
left join sums as totals
    on
        parts.comparison = totals.comparison
        and parts.month = totals.month
        and parts.cost_kind = totals.cost_kind
        and parts.currency = totals.currency
        and totals.dimension = 'total'
where
    parts.current_amount is distinct from totals.current_amount
    or parts.compared_amount is distinct from totals.compared_amount
    or parts.previous_amount is distinct from totals.previous_amount
