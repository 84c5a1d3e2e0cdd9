with records as (

    select * from {{ source('landing', 'usage_records') }}

),

renamed as (

    select
        record_key,
        source_kind,
        source,
        feed,
        record_kind,
        account_name,
        host,
        provider,
        model_raw,
        project,
        service_tier,
        speed,
        context_window,
        grain,
        period_start,
        period_end,
        period_start::date as usage_date,
        greatest(date_diff('day', period_start, period_end), 1) as day_count,
        coalesce(requests, 0) as requests,
        coalesce(input_uncached_tokens, 0) as input_uncached_tokens,
        coalesce(cache_read_tokens, 0) as cache_read_tokens,
        coalesce(cache_write_5m_tokens, 0) as cache_write_5m_tokens,
        coalesce(cache_write_1h_tokens, 0) as cache_write_1h_tokens,
        coalesce(cache_write_other_tokens, 0) as cache_write_other_tokens,
        coalesce(output_tokens, 0) as output_tokens,
        coalesce(unsplit_tokens, 0) as unsplit_tokens,
        coalesce(web_search_requests, 0) as web_search_requests,
        cost_amount,
        currency,
        charge_category,
        entry_category,
        entry_id,
        replaces_source,
        note,
        source_file,
        observed_at
    from records

)

select * from renamed
