with prices as (

    select
        'as_billed' as price_basis,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch,
        meter,
        min_input_tokens,
        valid_from,
        valid_to,
        unit_price,
        currency,
        price_version
    from {{ ref('stg_landing__unit_prices') }}

    union all

    select
        price_basis,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch,
        meter,
        min_input_tokens,
        valid_from,
        valid_to,
        unit_price,
        currency,
        price_version
    from {{ ref('stg_landing__restated_prices') }}

),

-- Moments at which any price of a use begins or ends, and tiers that any of its prices has: between two of them,
-- every meter has one price at most.
moments as (

    select
        price_basis,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch,
        valid_from as moment
    from prices

    union

    select
        price_basis,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch,
        valid_to as moment
    from prices

),

spans as (

    select
        price_basis,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch,
        moment as valid_from,
        lead(moment) over (
            partition by price_basis, provider, model_raw, service_tier, speed, inference_geo, is_batch
            order by moment
        ) as valid_to
    from moments

),

tiers as (

    select
        price_basis,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch,
        min_input_tokens,
        lead(min_input_tokens, 1, 9223372036854775807) over (
            partition by price_basis, provider, model_raw, service_tier, speed, inference_geo, is_batch
            order by min_input_tokens
        ) as max_input_tokens
    from prices
    group by
        price_basis,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch,
        min_input_tokens

),

-- The highest tier that a request has passed sets a meter's price.
final as (

    select
        spans.price_basis,
        spans.provider,
        spans.model_raw,
        spans.service_tier,
        spans.speed,
        spans.inference_geo,
        spans.is_batch,
        tiers.min_input_tokens,
        tiers.max_input_tokens,
        spans.valid_from,
        spans.valid_to,
        max_by(prices.unit_price, prices.min_input_tokens) filter (prices.meter = 'input_uncached_tokens')
            as input_uncached_price,
        max_by(prices.unit_price, prices.min_input_tokens) filter (prices.meter = 'cache_read_tokens')
            as cache_read_price,
        max_by(prices.unit_price, prices.min_input_tokens) filter (prices.meter = 'cache_write_5m_tokens')
            as cache_write_5m_price,
        max_by(prices.unit_price, prices.min_input_tokens) filter (prices.meter = 'cache_write_1h_tokens')
            as cache_write_1h_price,
        max_by(prices.unit_price, prices.min_input_tokens) filter (prices.meter = 'cache_write_other_tokens')
            as cache_write_other_price,
        max_by(prices.unit_price, prices.min_input_tokens) filter (prices.meter = 'output_tokens')
            as output_price,
        max_by(prices.unit_price, prices.min_input_tokens) filter (prices.meter = 'web_search_requests')
            as web_search_price,
        max(prices.currency) as currency,
        string_agg(distinct prices.price_version, ', ' order by prices.price_version) as price_version
    from spans
    inner join tiers
        on
            spans.price_basis = tiers.price_basis
            and spans.provider = tiers.provider
            and spans.model_raw = tiers.model_raw
            and spans.service_tier is not distinct from tiers.service_tier
            and spans.speed is not distinct from tiers.speed
            and spans.inference_geo is not distinct from tiers.inference_geo
            and spans.is_batch is not distinct from tiers.is_batch
    inner join prices
        on
            spans.price_basis = prices.price_basis
            and spans.provider = prices.provider
            and spans.model_raw = prices.model_raw
            and spans.service_tier is not distinct from prices.service_tier
            and spans.speed is not distinct from prices.speed
            and spans.inference_geo is not distinct from prices.inference_geo
            and spans.is_batch is not distinct from prices.is_batch
            and spans.valid_from >= prices.valid_from
            and spans.valid_from < prices.valid_to
            and tiers.min_input_tokens >= prices.min_input_tokens
    group by
        spans.price_basis,
        spans.provider,
        spans.model_raw,
        spans.service_tier,
        spans.speed,
        spans.inference_geo,
        spans.is_batch,
        tiers.min_input_tokens,
        tiers.max_input_tokens,
        spans.valid_from,
        spans.valid_to

)

select * from final
