-- One row per provider and month with use that a plan covers, of the newest three months: what is paid to it for plans
-- and seats in that month so far, and what the use is worth at list prices, both in the reporting currency.
with
build as (
    select
        (as_of at time zone 'UTC')::date as today,
        date_trunc('month', as_of at time zone 'UTC')::date as this_month
    from rpt_build
),

months as (
    select
        date_trunc('month', daily.cost_date)::date as month,
        daily.provider,
        sum(daily.converted_amount) filter (
            daily.cost_kind = 'spend' and daily.charge_category = 'Purchase' and daily.is_spread
        ) as paid_amount,
        sum(daily.converted_amount) filter (daily.cost_kind = 'list_price_value') as worth_amount
    from rpt_daily_costs as daily
    cross join build
    where daily.cost_date <= build.today and daily.cost_date >= build.this_month - interval 2 month
    group by all
)

select
    months.month,
    months.provider,
    months.paid_amount,
    months.worth_amount,
    months.month = build.this_month as is_provisional
from months
cross join build
where months.worth_amount > 0
order by months.month, months.provider
