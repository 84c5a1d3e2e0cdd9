-- One row per day, provider, account, model, project, source kind, cost kind and currency: all that the page charts.
-- An amount that is billed in the reporting currency is not repeated as converted. Use without a price has no currency
-- of its own and stands with the reporting currency. Counts of tokens of each kind that are all nought say nothing of
-- the kinds (a manual entry), so they are unknown here. Tokens of no stated kind are almost always none, so they take
-- no room in the page where a total would.
with
summed as (
    select
        daily.cost_date,
        daily.provider,
        daily.account_name,
        daily.model_id,
        daily.project,
        daily.source_kind,
        daily.cost_kind,
        coalesce(daily.currency, build.currency) as currency,
        sum(daily.cost_amount) as cost_amount,
        sum(daily.converted_amount) filter (where daily.currency <> build.currency) as converted_amount,
        sum(daily.input_tokens) as input_tokens,
        sum(daily.cached_tokens) as cached_tokens,
        sum(daily.output_tokens) as output_tokens,
        coalesce(sum(daily.input_tokens), 0)
        + coalesce(sum(daily.cached_tokens), 0)
        + coalesce(sum(daily.output_tokens), 0) as split_tokens,
        nullif(sum(daily.total_tokens), 0) as total_tokens,
        sum(daily.unpriced_tokens) as unpriced_tokens
    from rpt_daily_costs as daily
    cross join rpt_build as build
    group by all
)

select
    cost_date,
    provider,
    account_name,
    model_id,
    project,
    source_kind,
    cost_kind,
    currency,
    cost_amount,
    converted_amount,
    if(split_tokens > 0, input_tokens, null)::bigint as input_tokens,
    if(split_tokens > 0, cached_tokens, null)::bigint as cached_tokens,
    if(split_tokens > 0, output_tokens, null)::bigint as output_tokens,
    (total_tokens - split_tokens)::bigint as unsplit_tokens,
    unpriced_tokens::bigint as unpriced_tokens
from summed
order by
    provider asc,
    account_name asc,
    model_id asc nulls first,
    project asc nulls first,
    source_kind asc,
    cost_kind asc,
    currency asc,
    cost_date asc
