-- Per cost kind in the reporting currency: the month so far against the same days of the month before, or, where
-- nothing is recorded in them yet, the last full month against the one before it: its total with the sources that are
-- left out, and one row per model, or provider where a cost names none. Where no two spans can be compared, one row
-- says since when they could be.
with
build as (
    select
        currency,
        first_day
    from rpt_build
),

totals as (
    select
        comparison.*,
        build.first_day
    from rpt_monthly_comparisons as comparison
    cross join build
    where
        comparison.currency = build.currency
        and comparison.comparison in ('month_to_date', 'full_month')
        and comparison.dimension = 'total'
),

chosen_comparisons as (
    select distinct on (cost_kind) *
    from totals
    where previous_amount is not null
    order by
        cost_kind asc,
        comparison = 'month_to_date' and current_amount <> 0 desc,
        comparison = 'full_month' and current_amount <> 0 desc,
        month desc
),

comparisons_without_previous as (
    select distinct on (totals.cost_kind) totals.*
    from totals
    anti join chosen_comparisons on totals.cost_kind = chosen_comparisons.cost_kind
    order by totals.cost_kind asc, totals.month desc
),

models as (
    select
        chosen_comparisons.cost_kind,
        coalesce(driver.model_id, driver.provider || ', no model') as name,
        sum(driver.current_amount) as current_amount,
        sum(driver.previous_amount) as previous_amount,
        sum(driver.change_amount) as change_amount,
        sum(driver.volume_amount) as volume_amount,
        sum(driver.mix_amount) as mix_amount,
        sum(driver.price_amount) as price_amount,
        sum(driver.new_amount) as new_amount,
        sum(driver.gone_amount) as gone_amount,
        sum(driver.other_amount) as other_amount,
        -- Of a model that several providers have, each may have changed in its way.
        case when count(*) = 1 then any_value(driver.driver_kind) end as driver_kind,
        any_value(driver.token_change_ratio) as token_change_ratio,
        any_value(driver.price_change_ratio) as price_change_ratio
    from rpt_cost_drivers as driver
    inner join chosen_comparisons
        on
            driver.cost_kind = chosen_comparisons.cost_kind
            and driver.currency = chosen_comparisons.currency
            and driver.comparison = chosen_comparisons.comparison
            and driver.month = chosen_comparisons.month
            and driver.dimension = 'total'
    group by all
),

parts as (
    select
        'total' as part,
        chosen_comparisons.*,
        gaps.sources_left_out as left_out
    from chosen_comparisons
    left join rpt_comparison_gaps as gaps
        on
            chosen_comparisons.cost_kind = gaps.cost_kind
            and chosen_comparisons.currency = gaps.currency
            and chosen_comparisons.comparison = gaps.comparison
            and chosen_comparisons.month = gaps.month
    union all by name
    select
        'waiting' as part,
        *
    from comparisons_without_previous
    union all by name
    select
        'model' as part,
        *
    from models
)

select
    part,
    cost_kind,
    comparison,
    month,
    days_compared,
    first_day,
    recorded_from,
    recorded_through,
    left_out,
    name,
    current_amount,
    previous_amount,
    change_amount,
    volume_amount,
    mix_amount,
    price_amount,
    new_amount,
    gone_amount,
    other_amount,
    driver_kind,
    token_change_ratio,
    price_change_ratio
from parts
order by cost_kind asc, part asc, abs(change_amount) desc, name asc
