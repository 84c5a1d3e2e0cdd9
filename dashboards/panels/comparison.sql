-- One row per cost kind, model and comparison in the reporting currency: the month so far against the same days of the
-- month before, or, where nothing is recorded in them yet, the last full month against the one before it.
with
build as (
    select currency from rpt_build
),

comparable as (
    select comparison.*
    from rpt_monthly_comparisons as comparison
    cross join build
    where
        comparison.currency = build.currency
        and comparison.comparison in ('month_to_date', 'full_month')
        and comparison.dimension in ('total', 'model')
),

chosen as (
    select distinct on (cost_kind)
        cost_kind,
        comparison,
        month
    from comparable
    where dimension = 'total' and current_amount is not null and previous_amount is not null
    order by
        cost_kind asc,
        comparison = 'month_to_date' and current_amount <> 0 desc,
        comparison = 'full_month' and current_amount <> 0 desc,
        month desc
)

select
    comparable.cost_kind,
    comparable.comparison,
    comparable.month,
    comparable.days_compared,
    comparable.dimension,
    comparable.dimension_value,
    comparable.current_amount,
    comparable.previous_amount,
    comparable.change_amount,
    comparable.change_status
from comparable
inner join chosen
    on
        comparable.cost_kind = chosen.cost_kind
        and comparable.comparison = chosen.comparison
        and comparable.month = chosen.month
order by comparable.cost_kind asc, abs(comparable.change_amount) desc, comparable.dimension_value
