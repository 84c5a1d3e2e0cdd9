-- Several kinds of note told apart by `part`: sums in other currencies, use without a price, days entered by hand,
-- sources that need a look, series that cannot be forecast yet.
with
build as (
    select currency, cast(as_of at time zone 'UTC' as date) as today from rpt_build
)
select
    'other_currency' as part,
    cost.cost_kind,
    cost.currency as subject,
    sum(cost.cost_amount) as amount,
    null::bigint as quantity,
    null::date as day,
    null::varchar as message
from rpt_daily_costs as cost
cross join build
where cost.currency <> build.currency
group by all
having sum(cost.cost_amount) is not null
union all
select
    'unpriced', cost.cost_kind, coalesce(cost.model_id, 'no model named'), null, sum(cost.unpriced_tokens)::bigint, null, null
from rpt_daily_costs as cost
where cost.unpriced_tokens > 0
group by all
union all
select 'manual', cost.cost_kind, null, sum(cost.cost_amount), count(distinct cost.cost_date), max(cost.cost_date), null
from rpt_daily_costs as cost
cross join build
where cost.source_kind = 'manual' and cost.currency = build.currency
group by all
union all
select 'provisional', null, null, null, null, max(cost.cost_date), null
from rpt_daily_costs as cost
where cost.is_provisional
having count(*) > 0
union all
select
    'source', fresh.status, fresh.source || coalesce(' ' || nullif(fresh.feed, fresh.source), ''),
    null, null, fresh.last_day, fresh.message
from rpt_source_freshness as fresh
where fresh.status <> 'current'
union all
select 'waiting', status.cost_kind, null, null, status.days_of_history, status.starts_on, status.message
from rpt_forecast_status as status
cross join build
where status.series_kind = 'total' and status.status <> 'ready' and status.currency = build.currency
order by part, cost_kind, subject
