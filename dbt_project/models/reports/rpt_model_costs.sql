with costs as (

    select * from {{ ref('int_reporting_costs') }}

),

-- Usage without a price has no currency; it is added to the model's priced usage, if any, as partly priced.
month_costs as (

    select
        *,
        {{ month_of('cost_date') }} as month,
        coalesce(
            currency,
            min(currency) over (partition by date_trunc('month', cost_date), provider, model_id, cost_kind)
        ) as model_currency
    from costs

),

model_sums as (

    select
        month,
        provider,
        model_id,
        cost_kind,
        model_currency as currency,
        sum(requests)::bigint as requests,
        sum(
            input_uncached_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_write_other_tokens
        )::bigint as input_tokens,
        sum(cache_read_tokens)::bigint as cached_tokens,
        sum(output_tokens)::bigint as output_tokens,
        sum(total_tokens)::bigint as total_tokens,
        sum(cost_amount)::decimal(38, 12) as cost_amount,
        sum(total_tokens) filter (cost_amount is not null) as tokens_with_amount,
        sum(total_tokens) filter (price_status = 'billed') as billed_tokens,
        bool_or(price_status = 'unpriced') as has_unpriced,
        bool_or(price_status = 'priced') as has_priced,
        bool_or(price_status = 'reported') as has_reported
    from month_costs
    group by all

),

final as (

    select
        month,
        provider,
        model_id,
        cost_kind,
        currency,
        requests,
        input_tokens,
        cached_tokens,
        output_tokens,
        total_tokens,
        cost_amount,
        -- If a bill names this model, the tokens that it charges for are in separate rows.
        cost_amount::double * 1000000
        / nullif(
            coalesce(tokens_with_amount, 0) + case when has_reported then coalesce(billed_tokens, 0) else 0 end, 0
        )::double as cost_per_million_tokens,
        cost_amount::double / nullif(sum(cost_amount) over (partition by month, cost_kind, currency), 0)::double
            as share_of_month,
        case
            when has_unpriced and (has_priced or has_reported) then 'partly'
            when has_unpriced then 'unpriced'
            when has_priced then 'priced'
            when has_reported then 'reported'
            else 'billed'
        end as price_status
    from model_sums

)

select * from final
