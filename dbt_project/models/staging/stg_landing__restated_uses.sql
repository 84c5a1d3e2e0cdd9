with uses as (

    select * from {{ source('landing', 'restated_uses') }}

),

renamed as (

    select
        provider,
        model_raw,
        service_tier,
        speed,
        inference_geo,
        coalesce(is_batch, false) as is_batch,
        {{ use_id() }} as use_id
    from uses

)

select * from renamed
