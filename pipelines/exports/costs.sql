-- The rows of fct_costs that an export's filters leave.
-- A filter that is null lets everything through. Facts add up unknown quantities as 0: a row without any tokens has
-- unknown ones here, and so has one without requests. The token meters are those that the contract of fct_costs has.
select
    cost_id,
    cost_date,
    source_kind,
    source,
    feed,
    account_name,
    host,
    provider,
    model_id,
    project,
    api_key_id,
    api_key_name,
    service,
    tags,
    charge_category,
    entry_category,
    cost_amount,
    list_cost_amount,
    currency,
    cost_kind,
    cost_basis,
    price_status,
    price_version,
    nullif(requests, 0) as requests,
    case when total_tokens > 0 then columns(lambda name: suffix(name, '_tokens') and name <> 'total_tokens') end,
    nullif(total_tokens, 0) as total_tokens,
    quantity,
    quantity_unit,
    entry_id,
    note,
    source_file,
    is_prepaid,
    is_provisional,
    is_sample,
    observed_at
from main.fct_costs
where
    (getvariable('start_day') is null or cost_date >= getvariable('start_day'))
    and (getvariable('end_day') is null or cost_date < getvariable('end_day'))
    and (getvariable('providers') is null or list_contains(getvariable('providers'), provider))
    and (getvariable('accounts') is null or list_contains(getvariable('accounts'), account_name))
    and (getvariable('models') is null or list_contains(getvariable('models'), model_id))
    and (getvariable('projects') is null or list_contains(getvariable('projects'), project))
    and (getvariable('source_kinds') is null or list_contains(getvariable('source_kinds'), source_kind))
