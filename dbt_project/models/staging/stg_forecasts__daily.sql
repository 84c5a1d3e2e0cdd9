with daily as (

    select * from {{ source('forecasts', 'daily') }}

),

final as (

    select
        cost_kind::varchar as cost_kind,
        series_kind::varchar as series_kind,
        series::varchar as series,
        currency::varchar as currency,
        forecast_date::date as forecast_date,
        horizon_day::integer as horizon_day,
        expected_amount::double as expected_amount,
        lower_80::double as lower_80,
        upper_80::double as upper_80,
        lower_95::double as lower_95,
        upper_95::double as upper_95,
        method::varchar as method,
        confidence::varchar as confidence
    from daily

)

select * from final
