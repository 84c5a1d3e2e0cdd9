-- One row per month, provider and cost kind in the reporting currency: the table a reader without scripts gets.
select
    cost_kind,
    cast(date_trunc('month', cost_date) as date) as month,
    provider,
    sum(cost_amount) as cost_amount,
    sum(unpriced_tokens) > 0 as has_unpriced
from rpt_daily_costs
where
    currency is null
    or currency = (select build.currency from rpt_build as build)
group by all
order by cost_kind asc, month desc, provider asc
