with costs as (

    select * from {{ ref('int_costs_unioned') }}
    where not is_replaced

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

summed as (

    select
        cost_date,
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        charge_category,
        entry_category,
        sum(cost_amount)::decimal(38, 12) as cost_amount,
        currency,
        cost_kind,
        cost_basis,
        price_status,
        price_version,
        sum(requests)::bigint as requests,
        sum(input_uncached_tokens)::bigint as input_uncached_tokens,
        sum(cache_read_tokens)::bigint as cache_read_tokens,
        sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(cache_write_other_tokens)::bigint as cache_write_other_tokens,
        sum(output_tokens)::bigint as output_tokens,
        sum(unsplit_tokens)::bigint as unsplit_tokens,
        record_key,
        entry_id,
        note,
        source_file,
        max(observed_at) as observed_at
    from costs
    group by all

),

final as (

    select
        md5(to_json([
            summed.cost_date::varchar,
            summed.source_kind,
            summed.source,
            summed.feed,
            summed.account_name,
            summed.host,
            summed.provider,
            summed.model_id,
            summed.project,
            summed.charge_category,
            summed.currency,
            summed.cost_kind,
            summed.price_status,
            summed.price_version,
            summed.record_key
        ])::varchar) as cost_id,
        summed.cost_date,
        summed.source_kind,
        summed.source,
        summed.feed,
        summed.account_name,
        summed.host,
        summed.provider,
        summed.model_id,
        summed.project,
        summed.charge_category,
        summed.entry_category,
        summed.cost_amount,
        summed.currency,
        summed.cost_kind,
        summed.cost_basis,
        summed.price_status,
        summed.price_version,
        summed.requests,
        summed.input_uncached_tokens,
        summed.cache_read_tokens,
        summed.cache_write_5m_tokens,
        summed.cache_write_1h_tokens,
        summed.cache_write_other_tokens,
        summed.output_tokens,
        summed.unsplit_tokens,
        summed.input_uncached_tokens + summed.cache_read_tokens + summed.cache_write_5m_tokens
        + summed.cache_write_1h_tokens + summed.cache_write_other_tokens + summed.output_tokens
        + summed.unsplit_tokens as total_tokens,
        summed.entry_id,
        summed.note,
        summed.source_file,
        summed.cost_date >= build.as_of_day as is_provisional,
        build.is_sample,
        summed.observed_at
    from summed
    cross join build

)

select * from final
