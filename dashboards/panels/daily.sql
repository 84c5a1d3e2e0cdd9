-- One row per month, provider and cost kind, in the reporting currency where there is a rate: the table a reader
-- without scripts gets. Each has the days of its kind that were not delivered, which the chart shades.
with
missing_days as (
    select distinct
        cost_kind,
        provider,
        missing_date
    from rpt_missing_days
),

missing as (
    select
        cost_kind,
        list({ 'day': missing_date, 'provider': provider } order by missing_date, provider) as days
    from missing_days
    group by all
)

select
    daily.cost_kind,
    cast(date_trunc('month', daily.cost_date) as date) as month,
    daily.provider,
    missing.days as missing_days,
    sum(daily.converted_amount) as cost_amount,
    sum(daily.unpriced_tokens) > 0 as has_unpriced
from rpt_daily_costs as daily
left join missing on daily.cost_kind = missing.cost_kind
where daily.converted_amount is not null or daily.cost_amount is null
group by all
order by daily.cost_kind asc, month desc, daily.provider asc
