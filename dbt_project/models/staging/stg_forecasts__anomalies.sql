with anomalies as (

    select * from {{ source('forecasts', 'anomalies') }}

),

final as (

    select
        cost_kind::varchar as cost_kind,
        series_kind::varchar as series_kind,
        series::varchar as series,
        currency::varchar as currency,
        anomaly_date::date as anomaly_date,
        direction::varchar as direction,
        actual_amount::double as actual_amount,
        expected_amount::double as expected_amount,
        excess_amount::double as excess_amount,
        ratio::double as ratio,
        confidence::varchar as confidence,
        top_contributor::varchar as top_contributor,
        explanation::varchar as explanation
    from anomalies

)

select * from final
