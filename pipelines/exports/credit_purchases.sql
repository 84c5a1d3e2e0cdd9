-- What was paid for credit, as rows like those of fct_costs: cash, whose use is the cost.
-- A filter that is null lets everything through; of models and projects, credit has none.
select
    md5(to_json([cost_date::varchar, source_kind, source, provider, account_name, host, currency])::varchar) as cost_id,
    cost_date,
    source_kind,
    source,
    account_name,
    host,
    provider,
    'Purchase' as charge_category,
    'purchase' as entry_category,
    cost_amount,
    cost_amount as list_cost_amount,
    currency,
    'credit_purchase' as cost_kind,
    cost_basis,
    false as is_prepaid,
    (select is_sample from main.rpt_build) as is_sample
from main.fct_cost_candidates
where
    is_credit_purchase
    and (getvariable('start_day') is null or cost_date >= getvariable('start_day'))
    and (getvariable('end_day') is null or cost_date < getvariable('end_day'))
    and (getvariable('providers') is null or list_contains(getvariable('providers'), provider))
    and (getvariable('accounts') is null or list_contains(getvariable('accounts'), account_name))
    and getvariable('models') is null
    and getvariable('projects') is null
    and (getvariable('source_kinds') is null or list_contains(getvariable('source_kinds'), source_kind))
