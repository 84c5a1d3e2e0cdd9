with names as (

    select * from {{ source('landing', 'model_names') }}

),

final as (

    select
        provider,
        model_raw,
        vendor,
        family,
        model_name,
        model_version
    from names

)

select * from final
