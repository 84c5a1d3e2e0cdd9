with costs as (

    select * from {{ ref('int_costs_unioned') }}
    where is_replaced

),

final as (

    select
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        charge_category,
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
        input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
        + cache_write_other_tokens + output_tokens + unsplit_tokens as total_tokens,
        cost_amount,
        cost_date,
        observed_at
    from costs

)

select * from final
