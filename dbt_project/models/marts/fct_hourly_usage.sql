with usage as (

    select * from {{ ref('int_usage_hourly') }}

),

chosen as (

    select * from {{ ref('int_sources_chosen') }}
    where counts_usage

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

final as (

    select
        usage.usage_hour,
        timezone(build.timezone, usage.usage_hour) as local_hour,
        date_diff('minute', timezone('UTC', usage.usage_hour), timezone(build.timezone, usage.usage_hour))
            as utc_offset_minutes,
        usage.source_kind,
        usage.source,
        usage.host,
        usage.account_name,
        usage.provider,
        usage.model_id,
        sum(usage.requests)::bigint as requests,
        sum(
            usage.input_uncached_tokens + usage.cache_write_5m_tokens + usage.cache_write_1h_tokens
            + usage.cache_write_other_tokens
        )::bigint as input_tokens,
        sum(usage.cache_read_tokens)::bigint as cached_tokens,
        sum(usage.output_tokens)::bigint as output_tokens,
        sum(
            usage.input_uncached_tokens + usage.cache_read_tokens + usage.cache_write_5m_tokens
            + usage.cache_write_1h_tokens + usage.cache_write_other_tokens + usage.output_tokens + usage.unsplit_tokens
        )::bigint as total_tokens,
        sum(usage.list_cost_amount)::decimal(38, 12) as list_cost_amount,
        max(usage.currency) as currency
    from usage
    inner join chosen
        on
            usage.usage_date = chosen.cost_date
            and usage.provider = chosen.provider
            and usage.account_name = chosen.account_name
            and usage.source_kind = chosen.source_kind
            and usage.source = chosen.source
            and usage.host is not distinct from chosen.host
    cross join build
    group by
        usage.usage_hour,
        build.timezone,
        usage.source_kind,
        usage.source,
        usage.host,
        usage.account_name,
        usage.provider,
        usage.model_id

)

select * from final
