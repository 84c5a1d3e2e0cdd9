with recursive budgets as (

    select * from {{ ref('stg_landing__budgets') }}

),

days as (

    select * from {{ ref('int_budget_days') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

first_days as (

    select
        budget,
        min(cost_date) as first_day
    from days
    group by budget

),

-- A custom period is as long as it lasts, and ends with its budget: so there is one.
budget_lengths as (

    select
        budgets.*,
        build.as_of_day,
        case budgets.period
            when 'month' then {{ months(1) }}
            when 'quarter' then {{ months(3) }}
            when 'year' then {{ months(12) }}
            else to_days((budgets.until - budgets.since)::integer)
        end as length,
        coalesce(budgets.since, first_days.first_day, build.as_of_day) as first_day,
        least(build.as_of_day, coalesce(budgets.until - 1, build.as_of_day)) as last_day
    from budgets
    cross join build
    left join first_days on budgets.budget = first_days.budget

),

period_starts as (

    select
        *,
        unnest(generate_series(
            case when period = 'custom' then first_day else date_trunc(period, first_day) end, last_day, length
        ))::date as period_start
    from budget_lengths

),

period_bounds as (

    select
        * exclude (amount),
        amount as base_amount,
        case when is_rolled_over then rollover_cap else 0 end as rollover_limit,
        (period_start + length)::date as period_end,
        row_number() over (partition by budget order by period_start) as period_number
    from period_starts

),

-- Unlike an unpriced cost, a period that nothing was spent in has been spent by exactly 0.
periods as (

    select
        period_bounds.*,
        coalesce(sum(days.spent_amount), 0)::decimal(38, 12) as spent_amount,
        coalesce(sum(days.manual_amount), 0)::decimal(38, 12) as manual_amount,
        coalesce(sum(days.spent_amount) filter (days.cost_date < period_bounds.as_of_day), 0)::decimal(38, 12)
            as finished_amount
    from period_bounds
    left join days
        on
            period_bounds.budget = days.budget
            and period_bounds.period_start <= days.cost_date
            and period_bounds.period_end > days.cost_date
    group by all

),

-- Period after period, because what one takes over depends on what the one before had taken over.
rollovers as (

    select
        budget,
        period_number,
        0::decimal(38, 12) as rollover_amount,
        greatest(base_amount - spent_amount, 0)::decimal(38, 12) as unspent_amount
    from periods
    where period_number = 1
    union all
    select
        periods.budget,
        periods.period_number,
        least(rollovers.unspent_amount, coalesce(periods.rollover_limit, rollovers.unspent_amount)) as rollover_amount,
        greatest(
            periods.base_amount - periods.spent_amount
            + least(rollovers.unspent_amount, coalesce(periods.rollover_limit, rollovers.unspent_amount)),
            0
        )::decimal(38, 12) as unspent_amount
    from rollovers
    inner join periods
        on
            rollovers.budget = periods.budget
            and rollovers.period_number + 1 = periods.period_number

),

final as (

    select
        periods.budget,
        periods.period,
        periods.period_start,
        periods.period_end,
        periods.as_of_day,
        periods.currency,
        periods.alert_at,
        periods.base_amount,
        rollovers.rollover_amount,
        (periods.base_amount + rollovers.rollover_amount)::decimal(38, 12) as amount,
        periods.spent_amount,
        periods.manual_amount,
        periods.finished_amount,
        (periods.period_end - periods.period_start)::integer as days_total,
        (least(periods.as_of_day, periods.period_end) - periods.period_start)::integer as days_finished
    from periods
    inner join rollovers
        on
            periods.budget = rollovers.budget
            and periods.period_number = rollovers.period_number

)

select * from final
