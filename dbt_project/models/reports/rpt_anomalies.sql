with anomalies as (

    select * from {{ ref('stg_forecasts__anomalies') }}

),

final as (

    select
        cost_kind,
        series_kind,
        series,
        currency,
        anomaly_date,
        direction,
        actual_amount,
        expected_amount,
        excess_amount,
        ratio,
        confidence,
        top_contributor,
        explanation
    from anomalies

)

select * from final
