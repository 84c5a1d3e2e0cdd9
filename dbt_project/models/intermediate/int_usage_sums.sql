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

-- Read once for days and once for hours: cached, ten million of them would fill the memory, and those of unchanged
-- partitions would be read as well.
with records as not materialized (

    select
        *,
        cost_amount is not null as is_costed,
        -- Only the tokens of one request can exceed a price tier; a day's sum of small requests never does. What
        -- reports its context window in words of no known meaning (null here) has a price only where there are none.
        case
            when grain = 'event' then {{ meter_total('is_input') }}
            when context_window in ('200k-1M', '> 200k') then {{ var('above_every_tier') }}
            when coalesce(context_window, '0-200k') in ('0-200k', '≤ 200k') then 0
        end as tier_tokens,
        -- One bit for each meter that counts something; null if the source reports none.
        case
            when has_meters
                then {{ meter_columns('(case when {meter} <> 0 then {bit} else 0 end)', separator=' + ') }}
        end as counted_meters
    from {{ ref('stg_landing__usage_records') }}
    where cost_amount is null or (record_kind = 'usage_cost' and source_kind <> 'manual')

),

fingerprints as (

    select * from {{ ref('int_usage_fingerprints') }}
    {% if is_incremental() %}
        where fingerprint not in (select sums.fingerprint from {{ this }} as sums)
    {% endif %}

),

spans as (

    select * from {{ ref('int_price_spans') }}

),

models as (

    select * from {{ ref('int_models_resolved') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

resolved_records as not materialized (

    select
        records.*,
        fingerprints.fingerprint,
        spans.price_span_id,
        coalesce(spans.is_restated, false) as is_restated,
        coalesce(models.model_id, records.model_raw) as model_id,
        -- The day in the reporting zone, if the moment or hour is known; a day of a source stays unchanged.
        case
            when records.grain in ('event', '1h') and build.timezone <> 'UTC'
                then timezone(build.timezone, records.period_start)::date
            else records.usage_date
        end as local_date,
        case when records.grain in ('event', '1h') then 'exact' else 'utc_day' end as day_basis
    from records
    inner join fingerprints
        on
            records.source_kind = fingerprints.source_kind
            and records.source = fingerprints.source
            and records.feed = fingerprints.feed
            and records.partition_day = fingerprints.partition_day
            and records.provider = fingerprints.provider
    left join spans
        on
            records.provider = spans.provider
            and records.model_raw = spans.model_raw
            and records.service_tier is not distinct from spans.service_tier
            and records.speed is not distinct from spans.speed
            and records.inference_geo is not distinct from spans.inference_geo
            and records.is_batch is not distinct from spans.is_batch
            and records.period_start >= spans.valid_from
            and records.period_start < spans.valid_to
            and (records.tier_tokens > spans.min_input_tokens or spans.min_input_tokens = 0)
            and (records.tier_tokens <= spans.max_input_tokens or spans.max_input_tokens is null)
    left join models
        on
            records.provider = models.provider
            and records.model_raw = models.model_raw
    cross join build

),

days as (

    select
        'day' as sum_grain,
        usage_date,
        null::timestamptz as usage_hour,
        local_date,
        day_basis,
        {{ listed(attribution_columns()) }},
        price_span_id,
        is_restated,
        counted_meters,
        sum(requests)::bigint as requests,
        {{ meter_columns('coalesce(sum({meter}), 0)::{type} as {meter}') }},
        {{ amount('sum(quantity)') }} as quantity,
        max(observed_at) as observed_at,
        fingerprint
    from resolved_records
    group by all

),

hours as (

    select
        'hour' as sum_grain,
        usage_date,
        date_trunc('hour', period_start) as usage_hour,
        day_basis,
        source_kind,
        source,
        account_name,
        host,
        provider,
        model_id,
        price_span_id,
        is_restated,
        counted_meters,
        sum(requests)::bigint as requests,
        {{ meter_columns('coalesce(sum({meter}), 0)::{type} as {meter}') }},
        max(observed_at) as observed_at,
        fingerprint
    from resolved_records
    where day_basis = 'exact'
    group by all

),

final as (

    select * from days
    union all by name
    select * from hours

)

select * from final
