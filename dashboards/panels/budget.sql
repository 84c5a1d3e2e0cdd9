-- One row per budget, the broadest first, with the forecast of the month's end where it answers the budget's scope.
select
    budget.budget,
    budget.scope,
    budget.currency,
    budget.period_start,
    budget.period_end,
    budget.amount,
    budget.spent_amount,
    budget.remaining_amount,
    budget.level_reached,
    forecast.total_amount as forecast_amount
from rpt_budget_status as budget
left join rpt_forecast_totals as forecast
    on
        forecast.cost_kind = 'spend'
        and forecast.series_kind = 'total'
        and forecast.horizon = 'month_end'
        and budget.currency = forecast.currency
        and budget.scope = 'everything'
order by budget.scope = 'everything' desc, budget.amount desc, budget.budget asc
