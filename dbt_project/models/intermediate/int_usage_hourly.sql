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
    where day_basis = 'exact' and price_basis = 'as_billed'

),

fingerprints as (

    select * from {{ ref('int_usage_fingerprints') }}
    {% if is_incremental() %}
        where fingerprint not in (select hourly.fingerprint from {{ this }} as hourly)
    {% endif %}

),

final as (

    select
        date_trunc('hour', usage.period_start) as usage_hour,
        usage.usage_date,
        usage.source_kind,
        usage.source,
        usage.host,
        usage.account_name,
        usage.provider,
        usage.model_id,
        sum(usage.requests)::bigint as requests,
        sum(usage.input_uncached_tokens)::bigint as input_uncached_tokens,
        sum(usage.cache_read_tokens)::bigint as cache_read_tokens,
        sum(usage.cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(usage.cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(usage.cache_write_other_tokens)::bigint as cache_write_other_tokens,
        sum(usage.output_tokens)::bigint as output_tokens,
        sum(usage.unsplit_tokens)::bigint as unsplit_tokens,
        sum(usage.list_cost_amount)::decimal(38, 12) as list_cost_amount,
        max(usage.currency) as currency,
        fingerprints.fingerprint
    from usage
    inner join fingerprints
        on
            usage.source_kind = fingerprints.source_kind
            and usage.source = fingerprints.source
            and usage.feed = fingerprints.feed
            and usage.partition_day = fingerprints.partition_day
            and usage.provider = fingerprints.provider
    group by
        usage_hour,
        usage.usage_date,
        usage.source_kind,
        usage.source,
        usage.host,
        usage.account_name,
        usage.provider,
        usage.model_id,
        fingerprints.fingerprint

)

select * from final
