-- One row per budget, the broadest first, with what was spent by each day of its period, and what will have been by its
-- end.
with
budget_periods as (
    select
        budget,
        period_start,
        list({ 'cost_date': cost_date, 'amount': spent_to_date_amount } order by cost_date) as spent_days
    from rpt_budget_days
    group by budget, period_start
)

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
    coalesce(budget_periods.spent_days, []) as spent_days,
    projection.projected_amount as forecast_amount,
    projection.crosses_on
from rpt_budget_status as budget
left join rpt_budget_projections as projection on budget.budget = projection.budget
left join budget_periods on budget.budget = budget_periods.budget and budget.period_start = budget_periods.period_start
where budget.is_current
order by budget.scope = 'everything' desc, budget.amount desc, budget.budget asc
