-- One row per month, cost centre, provider and cost kind, in the reporting currency where there is a rate, of the
-- newest four months that have begun.
with
build as (
    select date_trunc('month', as_of at time zone 'UTC')::date as this_month
    from rpt_build
),

recent_statements as (
    select
        statement.*,
        dense_rank() over (order by statement.month desc) as age
    from rpt_cost_center_statement as statement
    cross join build
    where statement.month <= build.this_month
)

select
    cost_kind,
    month,
    cost_center,
    provider,
    is_provisional,
    sum(converted_amount) as cost_amount,
    sum(converted_shared_amount) as shared_amount
from recent_statements
where age <= 4 and converted_amount is not null
group by all
order by cost_kind asc, month asc, cost_center asc, cost_amount desc, provider asc
