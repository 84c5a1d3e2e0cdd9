with uses as (

    select * from {{ source('landing', 'unpriced_uses') }}

),

renamed as (

    select
        provider,
        model_raw,
        reason
    from uses

)

select * from renamed
