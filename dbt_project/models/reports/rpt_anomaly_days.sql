with anomaly_days as (

    select * from {{ ref('stg_forecasts__anomaly_days') }}

),

final as (

    select
        event_id,
        event_date,
        actual_amount,
        expected_amount
    from anomaly_days

)

select * from final
