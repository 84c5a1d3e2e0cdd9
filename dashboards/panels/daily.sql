-- One row per month, provider and cost kind, in the reporting currency where there is a rate: the table a reader
-- without scripts gets.
select
    cost_kind,
    cast(date_trunc('month', cost_date) as date) as month,
    provider,
    sum(converted_amount) as cost_amount,
    sum(unpriced_tokens) > 0 as has_unpriced
from rpt_daily_costs
where converted_amount is not null or cost_amount is null
group by all
order by cost_kind asc, month desc, provider asc
