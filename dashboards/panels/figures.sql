-- One row per cost kind in the reporting currency: the five figures at the top of the report.
with
build as (
    select
        currency,
        cast(as_of at time zone 'UTC' as date) as today
    from rpt_build
),

cost_kinds as (
    select distinct cost_kind from rpt_daily_costs
),

source_amounts as (
    select
        cost.cost_kind,
        cost.source_kind,
        sum(cost.converted_amount) as amount
    from rpt_daily_costs as cost
    cross join build
    where
        date_trunc('month', cost.cost_date) = date_trunc('month', build.today)
        and cost.cost_date <= build.today
    group by all
    having sum(cost.converted_amount) is not null
),

unpriced_kinds as (
    select distinct cost.cost_kind
    from rpt_daily_costs as cost
    cross join build
    where
        cost.unpriced_tokens > 0
        and date_trunc('month', cost.cost_date) = date_trunc('month', build.today)
        and cost.cost_date <= build.today
),

month_so_far as (
    select
        cost_kind,
        sum(amount) as amount,
        list({ 'source_kind': source_kind, 'amount': amount } order by amount desc, source_kind asc) as sources
    from source_amounts
    group by all
),

anomalies as (
    select
        anomaly.cost_kind,
        count(*) filter (
            where
            date_trunc('month', anomaly.start_date) = date_trunc('month', build.today)
            and anomaly.severity <> 'low'
            and coalesce(anomaly.verdict, 'confirmed') = 'confirmed'
        ) as this_month,
        count(*) as ever
    from rpt_anomalies as anomaly
    cross join build
    group by all
),

anomaly_history as (
    select
        cost_kind,
        max(days_of_history) as days_of_history
    from rpt_forecast_status
    where series_kind = 'total'
    group by all
),

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

other_currencies as (
    select
        cost.cost_kind,
        cost.currency,
        sum(cost.cost_amount) as amount
    from rpt_daily_costs as cost
    cross join build
    where
        cost.converted_amount is null
        and cost.cost_amount is not null
        and date_trunc('month', cost.cost_date) = date_trunc('month', build.today)
        and cost.cost_date <= build.today
    group by all
),

other_currency_amounts as (
    select
        cost_kind,
        list({ 'currency': currency, 'amount': amount } order by currency) as amounts
    from other_currencies
    group by all
),

budgets as (
    select budget.*
    from rpt_budget_status as budget
    cross join build
    where budget.is_current and budget.currency = build.currency
    order by budget.scope = 'everything' desc, budget.used_ratio desc nulls last, budget.budget asc
    limit 1
)

select
    cost_kinds.cost_kind,
    month_so_far.amount as month_amount,
    month_so_far.sources,
    unpriced_kinds.cost_kind is not null as has_unpriced,
    forecast.total_amount as forecast_amount,
    forecast.lower_80,
    forecast.upper_80,
    status.status as forecast_status,
    status.starts_on as forecast_starts_on,
    status.message as forecast_message,
    anomaly_history.days_of_history,
    budgets.budget,
    budgets.scope as budget_scope,
    budgets.amount as budget_amount,
    budgets.spent_amount as budget_spent,
    budgets.used_ratio as budget_used_ratio,
    budgets.remaining_amount as budget_remaining,
    budgets.period_start as budget_starts,
    budgets.period_end as budget_ends,
    comparison.change_amount,
    comparison.change_ratio,
    comparison.previous_amount,
    comparison.days_compared,
    comparison.recorded_from,
    comparison.recorded_through,
    gaps.sources_left_out as left_out,
    other_currency_amounts.amounts as other_amounts,
    late_by_kind.providers as late_providers,
    coalesce(anomalies.this_month, 0) as anomalies_this_month,
    coalesce(anomalies.ever, 0) as anomalies_ever
from cost_kinds
cross join build
left join month_so_far on cost_kinds.cost_kind = month_so_far.cost_kind
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
left join rpt_monthly_comparisons as comparison
    on
        cost_kinds.cost_kind = comparison.cost_kind
        and build.currency = comparison.currency
        and comparison.comparison = 'month_to_date'
        and comparison.dimension = 'total'
left join rpt_comparison_gaps as gaps
    on
        cost_kinds.cost_kind = gaps.cost_kind
        and build.currency = gaps.currency
        and gaps.comparison = 'month_to_date'
left join anomaly_history on cost_kinds.cost_kind = anomaly_history.cost_kind
left join unpriced_kinds on cost_kinds.cost_kind = unpriced_kinds.cost_kind
left join anomalies on cost_kinds.cost_kind = anomalies.cost_kind
left join other_currency_amounts on cost_kinds.cost_kind = other_currency_amounts.cost_kind
left join late_by_kind on cost_kinds.cost_kind = late_by_kind.cost_kind
left join budgets on cost_kinds.cost_kind = 'spend'
order by cost_kinds.cost_kind
