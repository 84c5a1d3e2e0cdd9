-- A returned row means: the values of a dimension sum to another amount than the total of the same comparison. Shares
-- of cost centres are converted one by one, so where there is a rate they may differ from the whole by what is rounded.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_monthly_comparisons'}}}) }}

with rounding as (

    select case when count(*) > 0 then 0.000001 else 0 end as tolerance
    from {{ ref('int_exchange_rates') }}

),

sums as (

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
cross join rounding
where
    (
        parts.current_amount is distinct from totals.current_amount
        or parts.compared_amount is distinct from totals.compared_amount
        or parts.previous_amount is distinct from totals.previous_amount
    )
    and not coalesce(
        parts.dimension = 'cost_center'
        and abs(parts.current_amount - totals.current_amount) <= rounding.tolerance
        and abs(coalesce(parts.compared_amount - totals.compared_amount, 0)) <= rounding.tolerance
        and abs(coalesce(parts.previous_amount - totals.previous_amount, 0)) <= rounding.tolerance,
        false
    )
