with prices as (

    select * from {{ ref('stg_landing__unit_prices') }}

),

final as (

    select
        provider,
        model_raw,
        min(model_id) as model_id,
        min(vendor) as vendor,
        min(family) as family
    from prices
    group by
        provider,
        model_raw

)

select * from final
