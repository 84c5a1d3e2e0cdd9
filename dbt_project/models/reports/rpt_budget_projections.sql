with budget_status as (

    select * from {{ ref('rpt_budget_status') }}
    where is_current

),

periods as (

    select * from {{ ref('int_budget_periods') }}

),

days as (

    select * from {{ ref('int_budget_days') }}

),

scopes as (

    select
        budget,
        count(*) as value_count,
        any_value(dimension) as dimension,
        any_value(value) as series
    from {{ ref('stg_landing__budget_scopes') }}
    group by budget

),

forecasts as (

    select * from {{ ref('rpt_forecasts') }}
    where cost_kind = 'spend'

),

totals as (

    select * from {{ ref('rpt_forecast_totals') }}
    where cost_kind = 'spend' and horizon = 'month_end'

),

forecast_status as (

    select * from {{ ref('rpt_forecast_status') }}
    where cost_kind = 'spend'

),

last_cost_days as (

    select
        days.budget,
        max(days.cost_date) as last_cost_day
    from days
    inner join periods on days.budget = periods.budget and periods.as_of_day > days.cost_date
    group by days.budget

),

-- The series of the forecasts that covers what the budget covers: everything, or one value of one dimension.
covered_budgets as (

    select
        budget_status.budget,
        budget_status.period_start,
        budget_status.period_end,
        budget_status.currency,
        budget_status.amount::double as amount,
        budget_status.spent_amount::double as spent_amount,
        budget_status.crossed_on,
        periods.finished_amount::double as finished_amount,
        periods.as_of_day,
        case
            when scopes.budget is null then 'total'
            when
                scopes.value_count = 1
                and scopes.dimension in ('provider', 'account', 'project', 'cost_center', 'model')
                then scopes.dimension
        end as series_kind,
        case when scopes.budget is null then 'total' else scopes.series end as series
    from budget_status
    inner join periods
        on
            budget_status.budget = periods.budget
            and budget_status.period_start = periods.period_start
    left join scopes on budget_status.budget = scopes.budget

),

-- A budget is delivered as its series is; one without a series as everything is, or up to its last cost.
delivered_budgets as (

    select
        covered_budgets.*,
        coalesce(
            of_series.delivered_through,
            case
                when of_everything.delivered_through is not null
                    then greatest(of_everything.delivered_through, last_cost_days.last_cost_day)
            end,
            covered_budgets.as_of_day - 1
        ) as delivered_through
    from covered_budgets
    left join forecast_status as of_series
        on
            covered_budgets.currency = of_series.currency
            and covered_budgets.series_kind = of_series.series_kind
            and covered_budgets.series = of_series.series
    left join forecast_status as of_everything
        on
            covered_budgets.currency = of_everything.currency
            and of_everything.series_kind = 'total'
    left join last_cost_days on covered_budgets.budget = last_cost_days.budget

),

-- What came of days that are not delivered is a part of what is forecast of them.
undelivered_sums as (

    select
        delivered_budgets.budget,
        sum(days.spent_amount)::double as undelivered_amount
    from delivered_budgets
    inner join days
        on
            delivered_budgets.budget = days.budget
            and delivered_budgets.period_start <= days.cost_date
            and delivered_budgets.delivered_through < days.cost_date
            and delivered_budgets.as_of_day > days.cost_date
    group by delivered_budgets.budget

),

current_budgets as (

    select
        delivered_budgets.*,
        delivered_budgets.finished_amount - coalesce(undelivered_sums.undelivered_amount, 0) as delivered_amount
    from delivered_budgets
    left join undelivered_sums on delivered_budgets.budget = undelivered_sums.budget

),

-- Four whole weeks, so that each day of the week counts alike; fewer where there are fewer, but one week at least.
rates as (

    select
        current_budgets.budget,
        coalesce(
            sum(days.spent_amount) filter (
                days.cost_date > current_budgets.delivered_through - {{ var('run_rate_days') }}
            ), 0
        )::double
        / least({{ var('run_rate_days') }}, current_budgets.delivered_through + 1 - min(days.cost_date))
            as amount_per_day
    from current_budgets
    inner join days
        on
            current_budgets.budget = days.budget
            and current_budgets.delivered_through >= days.cost_date
    group by
        current_budgets.budget,
        current_budgets.delivered_through
    having current_budgets.delivered_through + 1 - min(days.cost_date) >= {{ var('run_rate_least_days') }}

),

remaining_days as (

    select
        budget,
        currency,
        series_kind,
        series,
        unnest(
            generate_series(greatest(delivered_through + 1, period_start), period_end - 1, interval 1 day)
        )::date as ahead_date
    from current_budgets

),

-- Bounds of days added up are wider than those of the sum: they are what is known where the period ends later than the
-- month.
forecast_days as (

    select
        remaining_days.budget,
        remaining_days.ahead_date,
        forecasts.expected_amount,
        forecasts.lower_80,
        forecasts.upper_80,
        count(forecasts.forecast_date) over budget = count(*) over budget as is_whole
    from remaining_days
    left join forecasts
        on
            remaining_days.currency = forecasts.currency
            and remaining_days.series_kind = forecasts.series_kind
            and remaining_days.series = forecasts.series
            and remaining_days.ahead_date = forecasts.forecast_date
    window budget as (partition by remaining_days.budget)

),

projected_days as (

    select
        budget,
        'forecast' as projection_method,
        ahead_date,
        expected_amount,
        lower_80,
        upper_80
    from forecast_days
    where is_whole
    union all
    select
        forecast_days.budget,
        'run_rate' as projection_method,
        forecast_days.ahead_date,
        rates.amount_per_day as expected_amount,
        null as lower_80,
        null as upper_80
    from forecast_days
    inner join rates on forecast_days.budget = rates.budget
    where not forecast_days.is_whole

),

running_sums as (

    select
        projected_days.*,
        current_budgets.delivered_amount
        + sum(projected_days.expected_amount) over (
            partition by projected_days.budget order by projected_days.ahead_date
        ) as running_amount,
        current_budgets.amount
    from projected_days
    inner join current_budgets on projected_days.budget = current_budgets.budget

),

sums as (

    select
        budget,
        projection_method,
        sum(expected_amount) as expected_amount,
        sum(lower_80) as lower_80,
        sum(upper_80) as upper_80,
        min(ahead_date) filter (running_amount >= amount) as crosses_on
    from running_sums
    group by
        budget,
        projection_method

),

projections as (

    select
        current_budgets.*,
        sums.projection_method,
        sums.crosses_on,
        current_budgets.delivered_amount + sums.expected_amount as projected_amount,
        coalesce(totals.lower_80 - totals.total_amount, sums.lower_80 - sums.expected_amount) as below,
        coalesce(totals.upper_80 - totals.total_amount, sums.upper_80 - sums.expected_amount) as above
    from current_budgets
    left join sums on current_budgets.budget = sums.budget
    left join totals
        on
            sums.projection_method = 'forecast'
            and current_budgets.currency = totals.currency
            and current_budgets.series_kind = totals.series_kind
            and current_budgets.series = totals.series
            and current_budgets.period_end = (date_trunc('month', current_budgets.as_of_day) + interval 1 month)::date

),

-- What is spent is spent, even if less was expected of today.
final as (

    select
        budget,
        period_start,
        period_end,
        currency,
        projection_method,
        case when projected_amount is not null then greatest(projected_amount, spent_amount) end as projected_amount,
        case when below is not null then greatest(projected_amount + below, spent_amount) end as lower_80,
        case when above is not null then greatest(projected_amount + above, spent_amount) end as upper_80,
        coalesce(crossed_on, crosses_on) as crosses_on
    from projections

)

select * from final
