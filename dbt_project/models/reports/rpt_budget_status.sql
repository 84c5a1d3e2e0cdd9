with periods as (

    select * from {{ ref('int_budget_periods') }}

),

days as (

    select * from {{ ref('int_budget_days') }}

),

scopes as (

    select
        budget,
        string_agg(replace(dimension, '_', ' ') || ' ' || value, ', ' order by dimension, value) as scope
    from {{ ref('stg_landing__budget_scopes') }}
    group by budget

),

running_sums as (

    select
        periods.budget,
        periods.period_start,
        periods.amount,
        days.cost_date,
        sum(days.spent_amount) over (
            partition by periods.budget, periods.period_start
            order by days.cost_date
        ) as running_amount
    from periods
    inner join days
        on
            periods.budget = days.budget
            and periods.period_start <= days.cost_date
            and periods.period_end > days.cost_date

),

crossings as (

    select
        budget,
        period_start,
        min(cost_date) as crossed_on
    from running_sums
    where running_amount >= amount
    group by
        budget,
        period_start

),

budget_periods as (

    select
        periods.*,
        coalesce(scopes.scope, 'everything') as scope,
        crossings.crossed_on
    from periods
    left join scopes on periods.budget = scopes.budget
    left join crossings
        on
            periods.budget = crossings.budget
            and periods.period_start = crossings.period_start

),

final as (

    select
        budget,
        period,
        period_start,
        period_end,
        as_of_day < period_end as is_current,
        scope,
        base_amount,
        rollover_amount,
        amount,
        currency,
        spent_amount,
        manual_amount,
        spent_amount::double / nullif(amount, 0)::double as used_ratio,
        (amount - spent_amount)::decimal(38, 12) as remaining_amount,
        days_total,
        days_finished,
        finished_amount::double / nullif(days_finished, 0) as burn_per_day,
        finished_amount::double * days_total / nullif(days_finished * amount::double, 0) as pace_ratio,
        -- A credit may have brought it back below.
        case when spent_amount >= amount then crossed_on end as crossed_on,
        alert_at,
        list_max(list_filter(alert_at, lambda level: spent_amount * 100 >= amount * level)) as level_reached
    from budget_periods

)

select * from final
