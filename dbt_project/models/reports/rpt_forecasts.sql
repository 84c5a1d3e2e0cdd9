with daily as (

    select * from {{ ref('stg_forecasts__daily') }}

),

final as (

    select
        cost_kind,
        series_kind,
        series,
        currency,
        forecast_date,
        horizon_day,
        expected_amount,
        lower_80,
        upper_80,
        lower_95,
        upper_95,
        method,
        confidence
    from daily

)

select * from final
