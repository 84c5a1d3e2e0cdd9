with uses as (

    select * from {{ source('landing', 'restated_uses') }}

),

renamed as (

    select
        provider,
        model_raw,
        service_tier,
        speed
    from uses

)

select * from renamed
