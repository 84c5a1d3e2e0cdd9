-- Four kinds of row, which `part` names, all in the reporting currency: a day forecast, a horizon's total, whether a
-- series can be forecast yet, and how near such forecasts were before.
with
build as (
    select currency from rpt_build
),

parts as (
    select
        'day' as part,
        day.cost_kind,
        day.series_kind,
        day.series,
        day.forecast_date,
        day.expected_amount,
        day.lower_80,
        day.upper_80,
        day.lower_95,
        day.upper_95
    from rpt_forecasts as day
    cross join build
    where day.currency = build.currency and day.series_kind in ('total', 'provider')

    union all by name

    select
        'total' as part,
        total.cost_kind,
        total.series_kind,
        total.series,
        total.days,
        total.horizon,
        total.total_amount,
        total.lower_80,
        total.upper_80
    from rpt_forecast_totals as total
    cross join build
    where
        total.currency = build.currency
        and total.series_kind in ('total', 'provider')
        and total.horizon <> 'month_end'

    union all by name

    select
        'status' as part,
        status.cost_kind,
        status.series_kind,
        status.series,
        status.status,
        status.starts_on,
        status.message
    from rpt_forecast_status as status
    cross join build
    where status.currency = build.currency and status.series_kind in ('total', 'provider')

    union all by name

    select
        'accuracy' as part,
        accuracy.cost_kind,
        accuracy.series_kind,
        accuracy.series,
        accuracy.horizon_days,
        accuracy.origins,
        accuracy.error_ratio,
        accuracy.bias_ratio
    from rpt_forecast_accuracy as accuracy
    cross join build
    where accuracy.currency = build.currency and accuracy.is_published
)

select * from parts
order by part, cost_kind, series_kind, series, forecast_date, days, horizon_days
