-- One row per month, person and cost kind, in the reporting currency where there is a rate, of the newest three months
-- that have begun.
with
build as (
    select date_trunc('month', as_of at time zone 'UTC')::date as this_month
    from rpt_build
)

select
    costs.month,
    costs.person,
    costs.cost_kind,
    costs.month = build.this_month as is_provisional,
    sum(costs.converted_amount) as cost_amount
from rpt_person_costs as costs
cross join build
where
    costs.month between build.this_month - interval 2 month and build.this_month
    and costs.converted_amount is not null
group by all
order by costs.month asc, cost_amount desc, costs.person asc
