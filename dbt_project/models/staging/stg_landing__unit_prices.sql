with prices as (

    select * from {{ source('landing', 'unit_prices') }}

),

renamed as (

    select
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        coalesce(is_batch, false) as is_batch,
        {{ use_id() }} as use_id,
        meter,
        min_input_tokens,
        valid_from,
        coalesce(valid_to, 'infinity'::timestamptz) as valid_to,
        unit_price,
        currency,
        price_version,
        model_id
    from prices

)

select * from renamed
