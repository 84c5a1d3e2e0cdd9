with records as (

    select
        * exclude (list_cost_amount),
        -- Only one request's own tokens can pass a price tier; a day's sum of small requests never does. What states
        -- its context window in words of no known meaning (null here) has a price only where there are no tiers.
        case
            when grain = 'event'
                then
                    input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
                    + cache_write_other_tokens
            when context_window in ('200k-1M', '> 200k') then 9223372036854775807
            when coalesce(context_window, '0-200k') in ('0-200k', '≤ 200k') then 0
        end as tier_tokens
    from {{ ref('stg_landing__usage_records') }}
    where cost_amount is null or (record_kind = 'usage_cost' and source_kind <> 'manual')

),

restated_uses as (

    select * from {{ ref('stg_landing__restated_uses') }}

),

bases as (

    select
        'as_billed' as price_basis,
        false as is_restated
    union all
    select
        'as_billed' as price_basis,
        true as is_restated
    union all
    select
        'as_known' as price_basis,
        true as is_restated
    union all
    select
        'restated' as price_basis,
        true as is_restated

),

-- Once as billed; and once more on each other basis, where that gives another value. Joined, not put together by a
-- union: so what the incremental models ask for reaches the records before any is priced.
on_bases as (

    select
        records.*,
        bases.price_basis,
        bases.is_restated
    from records
    left join restated_uses
        on
            records.provider = restated_uses.provider
            and records.model_raw = restated_uses.model_raw
            and records.service_tier is not distinct from restated_uses.service_tier
            and records.speed is not distinct from restated_uses.speed
            and records.inference_geo is not distinct from restated_uses.inference_geo
            and records.is_batch is not distinct from restated_uses.is_batch
    inner join bases on (restated_uses.provider is not null) = bases.is_restated

),

prices as (

    select * from {{ ref('int_prices_widened') }}

),

models as (

    select * from {{ ref('int_models_resolved') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

joined as (

    select
        on_bases.*,
        -- The day in the reporting zone, of what states its moment or hour; a day of a source stays the day it is.
        case
            when on_bases.grain in ('event', '1h') and build.timezone <> 'UTC'
                then timezone(build.timezone, on_bases.period_start)::date
            else on_bases.usage_date
        end as local_date,
        case when on_bases.grain in ('event', '1h') then 'exact' else 'utc_day' end as day_basis,
        coalesce(models.model_id, on_bases.model_raw) as model_id,
        prices.input_uncached_price,
        prices.cache_read_price,
        prices.cache_write_5m_price,
        prices.cache_write_1h_price,
        prices.cache_write_other_price,
        prices.output_price,
        prices.web_search_price,
        prices.currency as price_currency,
        prices.price_version
    from on_bases
    left join prices
        on
            on_bases.price_basis = prices.price_basis
            and on_bases.provider = prices.provider
            and on_bases.model_raw = prices.model_raw
            and on_bases.service_tier is not distinct from prices.service_tier
            and on_bases.speed is not distinct from prices.speed
            and on_bases.inference_geo is not distinct from prices.inference_geo
            and on_bases.is_batch is not distinct from prices.is_batch
            and on_bases.period_start >= prices.valid_from
            and on_bases.period_start < prices.valid_to
            and (on_bases.tier_tokens > prices.min_input_tokens or prices.min_input_tokens = 0)
            and coalesce(
                on_bases.tier_tokens <= prices.max_input_tokens, prices.max_input_tokens = 9223372036854775807
            )
    left join models
        on
            on_bases.provider = models.provider
            and on_bases.model_raw = models.model_raw
    cross join build

),

-- A counted meter without a price makes the whole sum null: part of an amount would pass for all of it.
metered as (

    select
        *,
        case when input_uncached_tokens = 0 then 0 else input_uncached_tokens * input_uncached_price end
        + case when output_tokens = 0 then 0 else output_tokens * output_price end as uncached_amount,
        case when cache_read_tokens = 0 then 0 else cache_read_tokens * cache_read_price end
        + case when cache_write_5m_tokens = 0 then 0 else cache_write_5m_tokens * cache_write_5m_price end
        + case when cache_write_1h_tokens = 0 then 0 else cache_write_1h_tokens * cache_write_1h_price end
        + case
            when cache_write_other_tokens = 0 then 0
            else cache_write_other_tokens * cache_write_other_price
        end as cache_amount,
        case when web_search_requests = 0 then 0 else web_search_requests * web_search_price end as search_amount
    from joined

),

-- So does a record that counts nothing, or tokens of no stated kind.
priced as (

    select
        *,
        case
            when price_currency is not null and has_meters and unsplit_tokens = 0
                then (uncached_amount + cache_amount + search_amount)::decimal(38, 12)
        end as list_cost_amount
    from metered

),

final as (

    select
        record_key,
        source_kind,
        source,
        feed,
        partition_day,
        account_name,
        host,
        provider,
        model_id,
        project,
        project_name,
        api_key_id,
        api_key_name,
        service,
        service_tier,
        is_batch,
        quantity_unit,
        tags,
        is_billable,
        cost_amount is not null as is_costed,
        case when list_cost_amount is not null then price_currency end as currency,
        case when list_cost_amount is not null then 'priced' else 'unpriced' end as price_status,
        case when list_cost_amount is not null then price_version end as price_version,
        price_basis,
        is_restated,
        requests,
        input_uncached_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        cache_write_other_tokens,
        output_tokens,
        unsplit_tokens,
        quantity,
        list_cost_amount,
        case when list_cost_amount is not null then cache_amount::decimal(38, 12) end as list_cache_amount,
        case when list_cost_amount is not null then search_amount::decimal(38, 12) end as list_search_amount,
        usage_date,
        local_date,
        day_basis,
        period_start,
        observed_at
    from priced

)

select * from final
