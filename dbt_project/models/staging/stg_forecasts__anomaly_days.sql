with anomaly_days as (

    select * from {{ source('forecasts', 'anomaly_days') }}

),

final as (

    select
        event_id::varchar as event_id,
        event_date::date as event_date,
        actual_amount::double as actual_amount,
        expected_amount::double as expected_amount
    from anomaly_days

)

select * from final
