with usage as (

    select * from {{ ref('int_usage_and_entries') }}
    where is_usage

),

chosen as (

    select * from {{ ref('int_sources_chosen') }}
    where counts_usage

),

final as (

    select
        md5(to_json([
            usage.cost_date::varchar,
            usage.local_date::varchar,
            usage.day_basis,
            usage.source_kind,
            usage.source,
            usage.feed,
            usage.account_name,
            usage.host,
            usage.provider,
            usage.model_id,
            usage.project,
            usage.landed_project_name,
            usage.api_key_id,
            usage.landed_api_key_name,
            usage.service,
            usage.service_tier,
            usage.is_batch::varchar,
            usage.quantity_unit,
            usage.tags,
            usage.is_billable::varchar,
            usage.is_costed::varchar,
            usage.currency,
            usage.price_status,
            usage.price_version
        ])::varchar) as usage_id,
        usage.cost_date as usage_date,
        usage.local_date,
        usage.day_basis,
        usage.source_kind,
        usage.source,
        usage.feed,
        usage.account_name,
        usage.host,
        usage.provider,
        usage.model_id,
        usage.project,
        usage.project_name,
        usage.api_key_id,
        usage.api_key_name,
        usage.service,
        usage.service_tier,
        usage.is_batch,
        usage.tags,
        usage.is_billable,
        usage.is_costed,
        usage.requests,
        usage.input_uncached_tokens,
        usage.cache_read_tokens,
        usage.cache_write_5m_tokens,
        usage.cache_write_1h_tokens,
        usage.cache_write_other_tokens,
        usage.output_tokens,
        usage.unsplit_tokens,
        usage.input_uncached_tokens + usage.cache_read_tokens + usage.cache_write_5m_tokens
        + usage.cache_write_1h_tokens + usage.cache_write_other_tokens + usage.output_tokens
        + usage.unsplit_tokens as total_tokens,
        usage.quantity,
        usage.quantity_unit,
        usage.list_cost_amount,
        usage.list_cache_amount,
        usage.list_search_amount,
        usage.currency,
        usage.price_status,
        usage.price_version,
        usage.observed_at
    from usage
    inner join chosen
        on
            usage.cost_date = chosen.cost_date
            and usage.provider = chosen.provider
            and usage.account_name = chosen.account_name
            and usage.source_kind = chosen.source_kind
            and usage.source = chosen.source
            and usage.host is not distinct from chosen.host

)

select * from final
