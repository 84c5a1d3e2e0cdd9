with usage as (

    select * from {{ ref('int_usage_priced') }}
    where sum_grain = 'hour' and price_basis = 'as_billed'

),

chosen_sources as (

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
        sum({{ meter_total('is_uncached', 'usage') }})::bigint as input_tokens,
        sum({{ meter_total('is_cached', 'usage') }})::bigint as cached_tokens,
        sum({{ meter_total('is_output', 'usage') }})::bigint as output_tokens,
        sum({{ meter_total('is_token', 'usage') }})::bigint as total_tokens,
        {{ amount('sum(usage.list_cost_amount)') }} as list_cost_amount,
        max(usage.currency) as currency
    from usage
    inner join chosen_sources
        on
            usage.usage_date = chosen_sources.cost_date
            and usage.provider = chosen_sources.provider
            and usage.account_name = chosen_sources.account_name
            and usage.source_kind = chosen_sources.source_kind
            and usage.source = chosen_sources.source
            and usage.host is not distinct from chosen_sources.host
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
