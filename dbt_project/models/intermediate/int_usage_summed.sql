{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='sync_all_columns',
        pre_hook="{% if is_incremental() %}
            delete from {{ this }}
            where fingerprint not in (select fingerprint from {{ ref('int_usage_fingerprints') }})
        {% endif %}"
    )
}}

with usage as (

    select * from {{ ref('int_usage_priced') }}

),

fingerprints as (

    select * from {{ ref('int_usage_fingerprints') }}
    {% if is_incremental() %}
        where fingerprint not in (select summed.fingerprint from {{ this }} as summed)
    {% endif %}

),

final as (

    select
        usage.usage_date,
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
        usage.quantity_unit,
        usage.tags,
        usage.is_billable,
        usage.is_costed,
        sum(usage.requests)::bigint as requests,
        sum(usage.input_uncached_tokens)::bigint as input_uncached_tokens,
        sum(usage.cache_read_tokens)::bigint as cache_read_tokens,
        sum(usage.cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(usage.cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(usage.cache_write_other_tokens)::bigint as cache_write_other_tokens,
        sum(usage.output_tokens)::bigint as output_tokens,
        sum(usage.unsplit_tokens)::bigint as unsplit_tokens,
        sum(usage.quantity)::decimal(38, 12) as quantity,
        sum(usage.list_cost_amount)::decimal(38, 12) as list_cost_amount,
        sum(usage.list_cache_amount)::decimal(38, 12) as list_cache_amount,
        sum(usage.list_search_amount)::decimal(38, 12) as list_search_amount,
        usage.currency,
        usage.price_status,
        usage.price_version,
        usage.price_basis,
        usage.is_restated,
        max(usage.observed_at) as observed_at,
        fingerprints.fingerprint
    from usage
    inner join fingerprints
        on
            usage.source_kind = fingerprints.source_kind
            and usage.source = fingerprints.source
            and usage.feed = fingerprints.feed
            and usage.partition_day = fingerprints.partition_day
            and usage.provider = fingerprints.provider
    group by all

)

select * from final
