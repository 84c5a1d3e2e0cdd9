-- An export's chosen costs added up by period: one row per period, source kind, provider, account, model, project,
-- charge category, cost kind, basis and currency. Unpriced use stays a separate row, without an amount.
select
    date_trunc(getvariable('period'), cost_date)::date as period_start,
    case getvariable('period')
        when 'day' then cost_date + 1
        when 'week' then (date_trunc('week', cost_date) + interval 7 day)::date
        else (date_trunc('month', cost_date) + interval 1 month)::date
    end as period_end,
    source_kind,
    provider,
    account_name,
    model_id,
    project,
    charge_category,
    cost_kind,
    cost_basis,
    sum(cost_amount)::decimal(38, 12) as cost_amount,
    currency,
    sum(requests)::bigint as requests,
    sum(total_tokens)::bigint as total_tokens,
    bool_or(is_provisional) as is_provisional,
    bool_or(is_sample) as is_sample
from chosen_costs
group by all
