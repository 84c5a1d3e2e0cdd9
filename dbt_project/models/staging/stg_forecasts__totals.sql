with totals as (

    select * from {{ source('forecasts', 'totals') }}

),

final as (

    select
        cost_kind::varchar as cost_kind,
        series_kind::varchar as series_kind,
        series::varchar as series,
        currency::varchar as currency,
        horizon::varchar as horizon,
        days::integer as days,
        total_amount::double as total_amount,
        lower_80::double as lower_80,
        upper_80::double as upper_80
    from totals

)

select * from final
