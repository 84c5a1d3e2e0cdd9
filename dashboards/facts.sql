-- One row per day, provider, account, model, project, source kind, cost kind and currency: all that the page charts.
-- Use without a price has no currency of its own and stands with the reporting currency.
select
    cost_date,
    provider,
    account_name,
    model_id,
    project,
    source_kind,
    cost_kind,
    coalesce(currency, (select build.currency from rpt_build as build)) as currency,
    sum(cost_amount) as cost_amount,
    sum(input_tokens)::bigint as input_tokens,
    sum(cached_tokens)::bigint as cached_tokens,
    sum(output_tokens)::bigint as output_tokens,
    -- Tokens of no stated kind: almost always none, so they take no room where a total would.
    (
        sum(total_tokens)
        - coalesce(sum(input_tokens), 0) - coalesce(sum(cached_tokens), 0) - coalesce(sum(output_tokens), 0)
    )::bigint as unsplit_tokens,
    sum(unpriced_tokens)::bigint as unpriced_tokens
from rpt_daily_costs
group by all
order by
    provider, account_name, model_id nulls first, project nulls first, source_kind, cost_kind, currency, cost_date
