with prices as (

    select
        'as_billed' as price_basis,
        * exclude (model_id)
    from {{ ref('stg_landing__unit_prices') }}

    union all by name

    select * from {{ ref('stg_landing__restated_prices') }}

),

restated_uses as (

    select * from {{ ref('stg_landing__restated_uses') }}

),

uses as (

    select distinct
        use_id,
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        is_batch
    from prices

),

-- Moments at which any price of a use begins or ends, and tiers that any of its prices has, on whichever basis: between
-- two of them, every meter has one price at most on each.
price_changes as (

    select
        use_id,
        valid_from as moment
    from prices

    union

    select
        use_id,
        valid_to as moment
    from prices

),

spans as (

    select
        use_id,
        moment as valid_from,
        lead(moment) over (partition by use_id order by moment) as valid_to
    from price_changes

),

tiers as (

    select
        use_id,
        min_input_tokens,
        lead(min_input_tokens) over (partition by use_id order by min_input_tokens) as max_input_tokens
    from prices
    group by
        use_id,
        min_input_tokens

),

final as (

    select
        {{ key_of(['uses.use_id', 'tiers.min_input_tokens', 'spans.valid_from']) }} as price_span_id,
        uses.use_id,
        uses.provider,
        uses.model_raw,
        uses.service_tier,
        uses.speed,
        uses.inference_geo,
        uses.is_batch,
        tiers.min_input_tokens,
        tiers.max_input_tokens,
        spans.valid_from,
        spans.valid_to,
        restated_uses.use_id is not null as is_restated
    from uses
    inner join spans on uses.use_id = spans.use_id
    inner join tiers on uses.use_id = tiers.use_id
    left join restated_uses on uses.use_id = restated_uses.use_id
    where spans.valid_to is not null

)

select * from final
