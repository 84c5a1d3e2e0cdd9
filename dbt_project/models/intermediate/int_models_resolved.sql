with names as (

    select * from {{ ref('stg_landing__model_names') }}

),

prices as (

    select
        provider,
        model_raw,
        min(model_id) as model_id,
        min(vendor) as vendor,
        min(family) as family
    from {{ ref('stg_landing__unit_prices') }}
    group by
        provider,
        model_raw

),

-- What no rule knows is filed as the price list has it, if that knows it.
final as (

    select
        names.provider,
        names.model_raw,
        coalesce(prices.model_id, names.model_raw) as model_id,
        coalesce(names.vendor, prices.vendor) as vendor,
        case when names.vendor is null then prices.family else names.family end as family,
        names.model_name,
        names.model_version,
        coalesce(names.vendor, prices.vendor) is not null as is_known
    from names
    left join prices
        on
            names.provider = prices.provider
            and names.model_raw = prices.model_raw

)

select * from final
