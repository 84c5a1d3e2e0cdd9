-- One row per cost kind and project, by its name where one is known, over the whole time, in the reporting currency.
with
project_costs as (
    select
        cost_kind,
        coalesce(project_name, project) as name,
        sum(converted_amount) as cost_amount,
        sum(unpriced_tokens) > 0 as has_unpriced
    from rpt_daily_costs
    group by all
)

select
    cost_kind,
    name,
    cost_amount,
    has_unpriced
from project_costs
order by cost_kind asc, name is null asc, cost_amount desc nulls last, name asc
