with entries as (

    select * from {{ ref('stg_landing__usage_records') }}
    where cost_amount is not null

),

-- Whole millionths for every day but the last, which takes what is left: the days sum to the entry exactly.
shares as (

    select
        *,
        ((cost_amount * 1000000)::hugeint // day_count)::decimal(38, 0) * 0.000001 as day_amount,
        requests // day_count as day_requests,
        unsplit_tokens // day_count as day_tokens
    from entries

),

days as (

    select
        shares.*,
        unnest(range(day_count)) as day_number
    from shares

),

final as (

    select
        record_key,
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_raw as model_id,
        project,
        (usage_date + day_number::integer)::date as cost_date,
        case
            when day_number = day_count - 1 then cost_amount - day_amount * (day_count - 1)
            else day_amount
        end::decimal(38, 12) as cost_amount,
        currency,
        charge_category,
        entry_category,
        entry_id,
        replaces_source,
        note,
        source_file,
        case when day_number = day_count - 1 then requests - day_requests * (day_count - 1) else day_requests end
            as requests,
        case when day_number = day_count - 1 then unsplit_tokens - day_tokens * (day_count - 1) else day_tokens end
            as unsplit_tokens,
        case when day_number = 0 then input_uncached_tokens else 0 end as input_uncached_tokens,
        case when day_number = 0 then cache_read_tokens else 0 end as cache_read_tokens,
        case when day_number = 0 then cache_write_5m_tokens else 0 end as cache_write_5m_tokens,
        case when day_number = 0 then cache_write_1h_tokens else 0 end as cache_write_1h_tokens,
        case when day_number = 0 then cache_write_other_tokens else 0 end as cache_write_other_tokens,
        case when day_number = 0 then output_tokens else 0 end as output_tokens,
        observed_at
    from days

)

select * from final
