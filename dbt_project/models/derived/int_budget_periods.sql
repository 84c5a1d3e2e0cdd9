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
lengths as (

    select
        budgets.*,
        build.as_of_day,
        case budgets.period
            when 'month' then to_months(1)
            when 'quarter' then to_months(3)
            when 'year' then to_months(12)
            else to_days((budgets.until - budgets.since)::integer)
        end as length,
        coalesce(budgets.since, first_days.first_day, build.as_of_day) as first_day,
        least(build.as_of_day, coalesce(budgets.until - 1, build.as_of_day)) as last_day
    from budgets
    cross join build
    left join first_days on budgets.budget = first_days.budget

),

begun as (

    select
        *,
        unnest(generate_series(
            case when period = 'custom' then first_day else date_trunc(period, first_day) end, last_day, length
        ))::date as period_start
    from lengths

),

ended as (

    select
        * exclude (amount),
        amount as base_amount,
        case when is_rolled_over then rollover_cap else 0 end as rollover_limit,
        (period_start + length)::date as period_end,
        row_number() over (partition by budget order by period_start) as period_number
    from begun

),

-- Unlike an unpriced cost, a period that nothing was spent in has been spent by exactly 0.
spent as (

    select
        ended.*,
        coalesce(sum(days.spent_amount), 0)::decimal(38, 12) as spent_amount,
        coalesce(sum(days.manual_amount), 0)::decimal(38, 12) as manual_amount,
        coalesce(sum(days.spent_amount) filter (days.cost_date < ended.as_of_day), 0)::decimal(38, 12)
            as finished_amount
    from ended
    left join days
        on
            ended.budget = days.budget
            and ended.period_start <= days.cost_date
            and ended.period_end > days.cost_date
    group by all

),

-- Period after period, because what one takes over depends on what the one before had taken over.
rolled as (

    select
        budget,
        period_number,
        0::decimal(38, 12) as rollover_amount,
        greatest(base_amount - spent_amount, 0)::decimal(38, 12) as unspent_amount
    from spent
    where period_number = 1
    union all
    select
        spent.budget,
        spent.period_number,
        least(rolled.unspent_amount, coalesce(spent.rollover_limit, rolled.unspent_amount)) as rollover_amount,
        greatest(
            spent.base_amount - spent.spent_amount
            + least(rolled.unspent_amount, coalesce(spent.rollover_limit, rolled.unspent_amount)),
            0
        )::decimal(38, 12) as unspent_amount
    from rolled
    inner join spent
        on
            rolled.budget = spent.budget
            and rolled.period_number + 1 = spent.period_number

),

final as (

    select
        spent.budget,
        spent.period,
        spent.period_start,
        spent.period_end,
        spent.as_of_day,
        spent.currency,
        spent.alert_at,
        spent.base_amount,
        rolled.rollover_amount,
        (spent.base_amount + rolled.rollover_amount)::decimal(38, 12) as amount,
        spent.spent_amount,
        spent.manual_amount,
        spent.finished_amount,
        (spent.period_end - spent.period_start)::integer as days_total,
        (least(spent.as_of_day, spent.period_end) - spent.period_start)::integer as days_finished
    from spent
    inner join rolled
        on
            spent.budget = rolled.budget
            and spent.period_number = rolled.period_number

)

select * from final
