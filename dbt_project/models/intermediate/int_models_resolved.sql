with names as (

    select * from {{ ref('stg_landing__model_names') }}

),

prices as (

    select
        provider,
        model_raw,
        min(model_id) as model_id
    from {{ ref('stg_landing__unit_prices') }}
    group by
        provider,
        model_raw

),

final as (

    select
        names.provider,
        names.model_raw,
        coalesce(prices.model_id, names.model_raw) as model_id,
        names.vendor,
        names.family,
        names.model_name,
        names.model_version,
        names.vendor is not null as is_known
    from names
    left join prices
        on
            names.provider = prices.provider
            and names.model_raw = prices.model_raw

)

select * from final
