-- Several kinds of note by `part`: sums without a rate, use without a price, days entered manually, the
-- day that is not over, days whose bill is not final, sources that need a look, series that cannot be forecast yet.
with
build as (
    select
        currency,
        as_of::date as today
    from rpt_build
),

costs as (
    select * from rpt_daily_costs
),

parts as (
    select
        'other_currency' as part,
        costs.cost_kind,
        costs.currency as subject,
        sum(costs.cost_amount) as amount
    from costs
    where costs.converted_amount is null and costs.cost_amount is not null
    group by all

    union all by name

    select
        'unpriced' as part,
        costs.cost_kind,
        coalesce(costs.model_id, 'no model named') as subject,
        sum(costs.unpriced_tokens)::bigint as quantity
    from costs
    where costs.unpriced_tokens > 0
    group by all

    union all by name

    select
        'manual' as part,
        costs.cost_kind,
        sum(costs.converted_amount) as amount,
        count(distinct costs.cost_date) as quantity
    from costs
    where costs.source_kind = 'manual' and costs.converted_amount is not null
    group by all

    union all by name

    select 'provisional' as part
    from costs
    cross join build
    where costs.cost_date >= build.today
    having count(*) > 0

    union all by name

    select
        if(costs.source_kind = 'import' and costs.cost_basis <> 'computed', 'early', 'estimated') as part,
        costs.cost_kind,
        sum(costs.converted_amount) as amount,
        count(distinct costs.cost_date) as quantity
    from costs
    cross join build
    where
        costs.is_provisional
        and costs.cost_date < build.today
        and costs.converted_amount is not null
    group by all

    union all by name

    select
        'source' as part,
        fresh.status,
        fresh.source || coalesce(' ' || nullif(fresh.feed, fresh.source), '') as subject,
        fresh.last_day as day,
        array_to_string(list_append(fresh.findings, fresh.message), '; ') as message
    from rpt_source_freshness as fresh
    where fresh.status <> 'current'

    union all by name

    select
        'waiting' as part,
        forecast.cost_kind,
        forecast.days_of_history as quantity,
        forecast.starts_on as day,
        forecast.message
    from rpt_forecast_status as forecast
    cross join build
    where
        forecast.series_kind = 'total'
        and forecast.status <> 'ready'
        and forecast.currency = build.currency
)

select * from parts
order by part asc, cost_kind asc, quantity desc nulls last, subject asc
