-- One row per day, provider, account, host, model, project, key, source kind, cost kind and currency, apart for what is
-- spread over the days of a period: all that the page charts. A project and a key are what people call them; a key
-- without a name is shown by its last four characters.
-- An amount that is billed in the reporting currency is not repeated as converted. Usage without a price has no
-- currency and is listed under the reporting currency. If all kinds of tokens are 0 (a manual entry), the kinds are
-- unknown and null here. Tokens of an unknown kind are almost always 0, so they take less room than a total would.
with
cost_sums as (
    select
        daily.cost_date,
        daily.provider,
        daily.account_name,
        daily.host,
        daily.model_id,
        coalesce(daily.project_name, daily.project) as project,
        coalesce(daily.api_key_name, '…' || right(daily.api_key_id, 4)) as api_key,
        daily.source_kind,
        if(daily.is_spread, 'spread', null) as spread,
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
    host,
    model_id,
    project,
    api_key,
    source_kind,
    spread,
    cost_kind,
    currency,
    cost_amount,
    converted_amount,
    if(split_tokens > 0, input_tokens, null)::bigint as input_tokens,
    if(split_tokens > 0, cached_tokens, null)::bigint as cached_tokens,
    if(split_tokens > 0, output_tokens, null)::bigint as output_tokens,
    (total_tokens - split_tokens)::bigint as unsplit_tokens,
    unpriced_tokens::bigint as unpriced_tokens
from cost_sums
order by
    provider asc,
    account_name asc,
    host asc nulls first,
    model_id asc nulls first,
    project asc nulls first,
    api_key asc nulls first,
    source_kind asc,
    spread asc nulls first,
    cost_kind asc,
    currency asc,
    cost_date asc
