-- One row per value of the dimension $by in the UTC days $first to $last. Amounts are of the reporting currency; what is
-- billed in another one and has no rate is in a list of its own. Counts that no row states are null.
with
days as (
    select
        case $by
            when 'day' then cost_date::varchar
            when 'week' then date_trunc('week', cost_date)::date::varchar
            when 'month' then strftime(cost_date, '%Y-%m')
            when 'provider' then provider
            when 'model' then model_id
            when 'project' then coalesce(project_name, project)
            when 'account' then account_name
            when 'key' then coalesce(api_key_name, api_key_id)
            when 'host' then host
            when 'source' then source_kind
        end as value,
        cost_kind = 'spend' as is_spend,
        converted_amount,
        if(converted_amount is null and cost_amount is not null, currency, null) as other_currency,
        cost_amount,
        total_tokens,
        unpriced_tokens,
        is_provisional
    from rpt_daily_costs
    where
        cost_date between $first and $last
        and ($provider is null or list_contains($provider, provider))
        and ($model is null or list_contains($model, model_id))
        and ($project is null or list_contains($project, project) or list_contains($project, project_name))
        and ($account is null or list_contains($account, account_name))
),

other_currency_sums as (
    select
        value,
        other_currency,
        sum(cost_amount)::decimal(38, 12) as cost_amount
    from days
    where is_spend and other_currency is not null
    group by all
),

value_other_amounts as (
    select
        value,
        map_from_entries(list((other_currency, cost_amount) order by other_currency)) as other_amounts
    from other_currency_sums
    group by all
),

value_sums as (
    select
        value,
        coalesce(sum(converted_amount) filter (is_spend), 0)::decimal(38, 12) as spend,
        coalesce(sum(converted_amount) filter (not is_spend), 0)::decimal(38, 12) as list_price_value,
        coalesce(sum(converted_amount) filter (is_spend and is_provisional), 0)::decimal(38, 12) as provisional,
        sum(total_tokens)::bigint as tokens,
        coalesce(sum(unpriced_tokens), 0)::bigint as unpriced_tokens
    from days
    group by all
)

select
    value_sums.value,
    value_sums.spend,
    value_sums.list_price_value,
    value_sums.provisional,
    value_sums.tokens,
    value_sums.unpriced_tokens,
    coalesce(value_other_amounts.other_amounts, map()) as other_amounts
from value_sums
left join value_other_amounts on value_sums.value is not distinct from value_other_amounts.value
order by
    case when $by in ('day', 'week', 'month') then value_sums.value end asc,
    value_sums.spend desc,
    value_sums.list_price_value desc,
    value_sums.value asc
