with costs as (

    select * from {{ ref('int_reporting_costs') }}

),

final as (

    select
        cost_date,
        provider,
        account_name,
        host,
        model_id,
        project,
        max(project_name) as project_name,
        api_key_id,
        max(api_key_name) as api_key_name,
        source_kind,
        charge_category,
        coalesce(is_spread, false) as is_spread,
        cost_kind,
        cost_basis,
        billing_currency as currency,
        sum(billed_amount)::decimal(38, 12) as cost_amount,
        reporting_currency,
        (sum(cost_amount) filter (currency = reporting_currency))::decimal(38, 12) as converted_amount,
        sum(requests)::bigint as requests,
        sum(
            input_uncached_tokens + cache_write_5m_tokens + cache_write_1h_tokens + cache_write_other_tokens
        )::bigint as input_tokens,
        sum(cache_read_tokens)::bigint as cached_tokens,
        sum(output_tokens)::bigint as output_tokens,
        sum(total_tokens)::bigint as total_tokens,
        coalesce(sum(total_tokens) filter (price_status = 'unpriced'), 0)::bigint as unpriced_tokens,
        is_provisional,
        is_sample
    from costs
    group by all

)

select * from final
