-- Three kinds of row told apart by `part`, all in the reporting currency: a day forecast, a horizon's total, and
-- whether a series can be forecast yet.
with
build as (
    select currency from rpt_build
)
select
    'day' as part,
    day.cost_kind, day.series_kind, day.series,
    day.forecast_date, day.expected_amount, day.lower_80, day.upper_80, day.lower_95, day.upper_95,
    null::varchar as horizon, null::double as total_amount,
    null::varchar as status, null::date as starts_on, null::varchar as message
from rpt_forecasts as day
cross join build
where day.currency = build.currency
union all
select
    'total', total.cost_kind, total.series_kind, total.series,
    null, null, total.lower_80, total.upper_80, null, null,
    total.horizon, total.total_amount,
    null, null, null
from rpt_forecast_totals as total
cross join build
where total.currency = build.currency and total.horizon <> 'month_end'
union all
select
    'status', status.cost_kind, status.series_kind, status.series,
    null, null, null, null, null, null,
    null, null,
    status.status, status.starts_on, status.message
from rpt_forecast_status as status
cross join build
where status.currency = build.currency
order by part, cost_kind, series_kind, series, forecast_date, try_cast(horizon as integer)
