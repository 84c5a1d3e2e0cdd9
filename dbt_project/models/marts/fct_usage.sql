with usage as (

    select * from {{ ref('int_usage_priced') }}

),

summed as (

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
        service_tier,
        sum(requests)::bigint as requests,
        sum(input_uncached_tokens)::bigint as input_uncached_tokens,
        sum(cache_read_tokens)::bigint as cache_read_tokens,
        sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(cache_write_other_tokens)::bigint as cache_write_other_tokens,
        sum(output_tokens)::bigint as output_tokens,
        sum(unsplit_tokens)::bigint as unsplit_tokens,
        sum(list_cost_amount)::decimal(38, 12) as list_cost_amount,
        currency,
        price_status,
        price_version,
        max(observed_at) as observed_at
    from usage
    group by all

),

final as (

    select
        md5(to_json([
            usage_date::varchar,
            source_kind,
            source,
            feed,
            account_name,
            host,
            provider,
            model_id,
            project,
            service_tier,
            currency,
            price_status,
            price_version
        ])::varchar) as usage_id,
        usage_date,
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        service_tier,
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
        list_cost_amount,
        currency,
        price_status,
        price_version,
        observed_at
    from summed

)

select * from final
