-- One row per cost kind in the reporting currency: what the first sentence of the report rests on.
with
build as (
    select
        currency,
        cast(as_of at time zone 'UTC' as date) as today
    from rpt_build
),

daily as (
    select * from rpt_daily_costs
    where converted_amount is not null or cost_amount is null
),

costs as (
    select
        daily.cost_kind,
        sum(daily.converted_amount) as ever_amount,
        sum(daily.converted_amount) filter (
            where date_trunc('month', daily.cost_date) = date_trunc('month', build.today)
            and daily.cost_date <= build.today
        ) as month_amount,
        min(daily.cost_date) as first_recorded_on,
        max(daily.cost_date) filter (where daily.cost_date <= build.today) as last_recorded_on,
        count(distinct daily.provider) filter (
            where daily.cost_date between build.today - 35 and build.today
        ) as recent_providers
    from daily
    cross join build
    group by all
),

-- The providers whose newest complete days are missing.
late_providers as (
    select
        cost_kind,
        provider,
        min(missing_date) as missing_from
    from rpt_missing_days
    where is_late
    group by all
),

late_by_kind as (
    select
        cost_kind,
        list({ 'provider': provider, 'missing_from': missing_from } order by provider) as providers
    from late_providers
    group by all
),

-- Yesterday and the eight same weekdays before it, as far as anything is recorded.
same_weekdays as (
    select
        costs.cost_kind,
        weeks.number as weeks_ago,
        coalesce(sum(daily.converted_amount), 0) as amount
    from costs
    cross join build
    cross join range(0, 9) as weeks (number)
    left join daily
        on
            costs.cost_kind = daily.cost_kind
            and build.today - 1 - 7 * cast(weeks.number as integer) = daily.cost_date
    where build.today - 1 - 7 * cast(weeks.number as integer) >= costs.first_recorded_on
    group by all
),

yesterday as (
    select
        same_weekdays.cost_kind,
        max(same_weekdays.amount) filter (where same_weekdays.weeks_ago = 0) as yesterday_amount,
        median(same_weekdays.amount) filter (where same_weekdays.weeks_ago > 0) as usual_amount
    from same_weekdays
    left join late_by_kind on same_weekdays.cost_kind = late_by_kind.cost_kind
    where late_by_kind.cost_kind is null
    group by all
    having count(*) > 4
),

month_to_date as (
    select comparison.*
    from rpt_monthly_comparisons as comparison
    cross join build
    where comparison.comparison = 'month_to_date' and comparison.currency = build.currency
),

-- The names that the bars of the comparison have.
changes as (
    select
        driver.cost_kind,
        coalesce(driver.model_id, driver.provider || ', no model') as name,
        sum(driver.change_amount) as change_amount
    from rpt_cost_drivers as driver
    cross join build
    where
        driver.comparison = 'month_to_date'
        and driver.dimension = 'total'
        and driver.currency = build.currency
    group by all
),

largest_changes as (
    select
        cost_kind,
        arg_max(name, abs(change_amount)) as mover,
        arg_max(change_amount, abs(change_amount)) as mover_change
    from changes
    where change_amount <> 0
    group by all
),

converted_currencies as (
    select
        cost.cost_kind,
        cost.currency,
        sum(cost.cost_amount) as amount
    from rpt_daily_costs as cost
    cross join build
    where
        cost.currency <> build.currency
        and cost.converted_amount is not null
        and date_trunc('month', cost.cost_date) = date_trunc('month', build.today)
        and cost.cost_date <= build.today
    group by all
),

converted_currency_amounts as (
    select
        cost_kind,
        list({ 'currency': currency, 'amount': amount } order by currency) as amounts
    from converted_currencies
    group by all
),

other_currencies as (
    select
        cost.cost_kind,
        cost.currency,
        sum(cost.cost_amount) as ever_amount,
        sum(cost.cost_amount) filter (
            where date_trunc('month', cost.cost_date) = date_trunc('month', build.today)
            and cost.cost_date <= build.today
        ) as month_amount
    from rpt_daily_costs as cost
    cross join build
    where cost.converted_amount is null and cost.cost_amount is not null
    group by all
),

other_currency_amounts as (
    select
        cost_kind,
        list({ 'currency': currency, 'amount': ever_amount } order by currency) as ever_amounts,
        list({ 'currency': currency, 'amount': month_amount } order by currency)
        filter (where month_amount is not null) as month_amounts
    from other_currencies
    group by all
),

cost_kinds as (
    select cost_kind from costs
    union
    select cost_kind from other_currency_amounts
),

anomalies as (
    select
        anomaly.cost_kind,
        count(*) as anomalies
    from rpt_anomalies as anomaly
    cross join build
    where
        date_trunc('month', anomaly.start_date) = date_trunc('month', build.today)
        and anomaly.severity <> 'low'
        and coalesce(anomaly.verdict, 'confirmed') = 'confirmed'
    group by all
),

-- What is forecast leaves them out as long as the total is forecast.
young_providers as (
    select
        status.cost_kind,
        list({ 'name': status.series, 'pace': status.thirty_day_pace } order by status.thirty_day_pace desc) as young
    from rpt_forecast_status as status
    cross join build
    where
        status.currency = build.currency
        and status.series_kind = 'provider'
        and status.thirty_day_pace > 0
    group by all
),

budgets as (
    select
        budget.amount,
        budget.budget
    from rpt_budget_status as budget
    cross join build
    where
        budget.is_current
        and budget.period = 'month'
        and budget.currency = build.currency
        and budget.scope = 'everything'
    order by budget.amount, budget.budget
    limit 1
),

-- All that are over, by the share that is used, then all that will be, the soonest first.
budgets_over as (
    select
        list(
            {
                'budget': budget.budget,
                'period': budget.period,
                'currency': budget.currency,
                'remaining_amount': budget.remaining_amount,
                'crosses_on': projection.crosses_on
            }
            order by
                budget.remaining_amount >= 0,
                case when budget.remaining_amount < 0 then budget.used_ratio end desc nulls last,
                projection.crosses_on asc nulls last,
                budget.budget asc
        ) as budgets
    from rpt_budget_status as budget
    left join rpt_budget_projections as projection on budget.budget = projection.budget
    where
        budget.is_current
        and budget.amount > 0
        and (budget.remaining_amount < 0 or projection.projected_amount > budget.amount)
)

select
    cost_kinds.cost_kind,
    costs.* exclude (cost_kind),  -- noqa: RF02
    other_currency_amounts.ever_amounts as other_ever_amounts,
    other_currency_amounts.month_amounts as other_month_amounts,
    converted_currency_amounts.amounts as converted_amounts,
    forecast.total_amount as forecast_amount,
    status.starts_on as forecast_starts_on,
    status.delivered_through,
    young_providers.young,
    late_by_kind.providers as late_providers,
    yesterday.yesterday_amount,
    yesterday.usual_amount,
    budgets.budget,
    budgets.amount as budget_amount,
    budgets_over.budgets as over_budgets,
    month_to_date.current_amount,
    month_to_date.previous_amount,
    month_to_date.change_ratio,
    month_to_date.days_compared,
    month_to_date.recorded_from,
    month_to_date.recorded_through,
    gaps.sources_left_out as left_out,
    largest_changes.mover,
    largest_changes.mover_change,
    coalesce(anomalies.anomalies, 0) as anomalies
from cost_kinds
cross join build
left join costs on cost_kinds.cost_kind = costs.cost_kind
left join other_currency_amounts on cost_kinds.cost_kind = other_currency_amounts.cost_kind
left join converted_currency_amounts on cost_kinds.cost_kind = converted_currency_amounts.cost_kind
left join rpt_forecast_totals as forecast
    on
        cost_kinds.cost_kind = forecast.cost_kind
        and build.currency = forecast.currency
        and forecast.series_kind = 'total'
        and forecast.horizon = 'month_end'
left join rpt_forecast_status as status
    on
        cost_kinds.cost_kind = status.cost_kind
        and build.currency = status.currency
        and status.series_kind = 'total'
left join month_to_date
    on cost_kinds.cost_kind = month_to_date.cost_kind and month_to_date.dimension = 'total'
left join rpt_comparison_gaps as gaps
    on
        cost_kinds.cost_kind = gaps.cost_kind
        and build.currency = gaps.currency
        and gaps.comparison = 'month_to_date'
left join young_providers on cost_kinds.cost_kind = young_providers.cost_kind
left join largest_changes on cost_kinds.cost_kind = largest_changes.cost_kind
left join anomalies on cost_kinds.cost_kind = anomalies.cost_kind
left join late_by_kind on cost_kinds.cost_kind = late_by_kind.cost_kind
left join yesterday on cost_kinds.cost_kind = yesterday.cost_kind
left join budgets on cost_kinds.cost_kind = 'spend'
left join budgets_over on cost_kinds.cost_kind = 'spend'
order by cost_kinds.cost_kind
