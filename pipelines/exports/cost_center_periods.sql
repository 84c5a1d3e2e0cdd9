-- What the chosen cost centres bear, added up by period: one row per period, cost centre, source kind, provider,
-- account, model, project, cost kind and currency.
select
    date_trunc(getvariable('period'), cost_date)::date as period_start,
    case getvariable('period')
        when 'day' then cost_date + 1
        when 'week' then (date_trunc('week', cost_date) + interval 7 day)::date
        else (date_trunc('month', cost_date) + interval 1 month)::date
    end as period_end,
    cost_center,
    source_kind,
    provider,
    account_name,
    model_id,
    project,
    cost_kind,
    sum(cost_amount)::decimal(38, 12) as cost_amount,
    currency,
    bool_or(is_sample) as is_sample
from chosen_costs
group by all
