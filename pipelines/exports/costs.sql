-- The rows of fct_costs that an export's filters leave.
-- A filter that is null lets everything through.
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
    charge_category,
    entry_category,
    cost_amount,
    currency,
    cost_kind,
    cost_basis,
    price_status,
    price_version,
    requests,
    input_uncached_tokens,
    cache_read_tokens,
    cache_write_5m_tokens,
    cache_write_1h_tokens,
    cache_write_other_tokens,
    output_tokens,
    unsplit_tokens,
    total_tokens,
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
