with records as (

    select
        *,
        -- Only one request's own tokens can cross a price tier; a day's sum of small requests never does.
        case
            when grain = 'event'
                then
                    input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens
                    + cache_write_1h_tokens + cache_write_other_tokens
            when context_window = '200k-1M' then 9223372036854775807
            else 0
        end as tier_tokens
    from {{ ref('stg_landing__usage_records') }}
    where cost_amount is null

),

prices as (

    select * from {{ ref('stg_landing__unit_prices') }}

),

quantities as (

    unpivot (
        select
            record_key,
            provider,
            model_raw,
            service_tier,
            speed,
            period_start,
            tier_tokens,
            input_uncached_tokens,
            cache_read_tokens,
            cache_write_5m_tokens,
            cache_write_1h_tokens,
            cache_write_other_tokens,
            output_tokens,
            web_search_requests
        from records
    )
    on
    input_uncached_tokens,
    cache_read_tokens,
    cache_write_5m_tokens,
    cache_write_1h_tokens,
    cache_write_other_tokens,
    output_tokens,
    web_search_requests
    into name meter value quantity

),

metered as (

    select
        quantities.record_key,
        quantities.meter,
        quantities.quantity,
        max_by(prices.unit_price, prices.min_input_tokens) as unit_price,
        max_by(prices.price_version, prices.min_input_tokens) as price_version,
        any_value(prices.currency) as currency
    from quantities
    left join prices
        on
            quantities.provider = prices.provider
            and quantities.model_raw = prices.model_raw
            and quantities.service_tier is not distinct from prices.service_tier
            and quantities.speed is not distinct from prices.speed
            and quantities.meter = prices.meter
            and quantities.period_start >= prices.valid_from
            and quantities.period_start < prices.valid_to
            and (prices.min_input_tokens = 0 or prices.min_input_tokens < quantities.tier_tokens)
    where quantities.quantity > 0
    group by
        quantities.record_key,
        quantities.meter,
        quantities.quantity

),

priced as (

    select
        record_key,
        count(*) = count(unit_price) as is_priced,
        sum(quantity::decimal(18, 0) * unit_price) as list_cost_amount,
        max(currency) as currency,
        max(price_version) as price_version
    from metered
    group by record_key

),

models as (

    select
        provider,
        model_raw,
        any_value(model_id) as model_id
    from prices
    group by
        provider,
        model_raw

),

final as (

    select
        records.record_key,
        records.source_kind,
        records.source,
        records.feed,
        records.account_name,
        records.host,
        records.provider,
        coalesce(models.model_id, records.model_raw, '(unknown)') as model_id,
        records.project,
        records.service_tier,
        records.usage_date,
        records.requests,
        records.input_uncached_tokens,
        records.cache_read_tokens,
        records.cache_write_5m_tokens,
        records.cache_write_1h_tokens,
        records.cache_write_other_tokens,
        records.output_tokens,
        records.unsplit_tokens,
        records.charge_category,
        -- A record without a single counted unit costs nothing and needs no price.
        case
            when priced.record_key is null then 0
            when priced.is_priced then priced.list_cost_amount
        end::decimal(38, 12) as list_cost_amount,
        case when coalesce(priced.is_priced, true) then 'priced' else 'unpriced' end as price_status,
        case when priced.is_priced then priced.price_version end as price_version,
        coalesce(priced.currency, 'USD') as currency,
        records.observed_at
    from records
    left join priced on records.record_key = priced.record_key
    left join models
        on
            records.provider = models.provider
            and records.model_raw = models.model_raw

)

select * from final
