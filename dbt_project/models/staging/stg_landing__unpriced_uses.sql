with uses as (

    select * from {{ source('landing', 'unpriced_uses') }}

),

final as (

    select
        provider,
        model_raw,
        reason
    from uses

)

select * from final
