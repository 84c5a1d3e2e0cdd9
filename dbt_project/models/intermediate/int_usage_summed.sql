with usage as (

    select * from {{ ref('int_usage_priced') }}

),

final as (

    select
        usage_date,
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        project_name,
        api_key_id,
        api_key_name,
        service,
        service_tier,
        is_batch,
        quantity_unit,
        tags,
        is_billable,
        is_costed,
        sum(requests)::bigint as requests,
        sum(input_uncached_tokens)::bigint as input_uncached_tokens,
        sum(cache_read_tokens)::bigint as cache_read_tokens,
        sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(cache_write_other_tokens)::bigint as cache_write_other_tokens,
        sum(output_tokens)::bigint as output_tokens,
        sum(unsplit_tokens)::bigint as unsplit_tokens,
        sum(quantity)::decimal(38, 12) as quantity,
        sum(list_cost_amount)::decimal(38, 12) as list_cost_amount,
        sum(list_cache_amount)::decimal(38, 12) as list_cache_amount,
        sum(list_search_amount)::decimal(38, 12) as list_search_amount,
        currency,
        price_status,
        price_version,
        max(observed_at) as observed_at
    from usage
    group by all

)

select * from final
