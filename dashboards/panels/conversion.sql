-- One row per cost kind, currency and conversion status of this month so far, as its first figure has it.
with
build as (
    select cast(as_of at time zone 'UTC' as date) as today from rpt_build
)

select
    costs.cost_kind,
    costs.currency,
    costs.conversion_status,
    sum(costs.cost_amount) as cost_amount,
    sum(costs.converted_amount) as converted_amount,
    min(costs.rate) as lowest_rate,
    max(costs.rate) as highest_rate
from rpt_converted_costs as costs
cross join build
where
    date_trunc('month', costs.cost_date) = date_trunc('month', build.today)
    and costs.cost_date <= build.today
group by all
order by costs.cost_kind, costs.currency, costs.conversion_status
