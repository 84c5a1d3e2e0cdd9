-- One row per budget, the broadest first, with what will have been spent by the end of its period.
select
    budget.budget,
    budget.scope,
    budget.period,
    budget.currency,
    budget.period_start,
    budget.period_end,
    budget.amount,
    budget.rollover_amount,
    budget.spent_amount,
    budget.remaining_amount,
    budget.level_reached,
    projection.projected_amount as forecast_amount
from rpt_budget_status as budget
left join rpt_budget_projections as projection on budget.budget = projection.budget
where budget.is_current
order by budget.scope = 'everything' desc, budget.amount desc, budget.budget asc
