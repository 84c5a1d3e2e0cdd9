with anomalies as (

    select * from {{ ref('stg_forecasts__anomalies') }}

),

final as (

    select
        event_id,
        cost_kind,
        series_kind,
        series,
        currency,
        kind,
        direction,
        start_date,
        end_date,
        found_date,
        is_open,
        days,
        actual_amount,
        expected_amount,
        excess_amount,
        ratio,
        volume_amount,
        mix_amount,
        price_amount,
        new_amount,
        gone_amount,
        other_amount,
        severity,
        confidence,
        verdict,
        note
    from anomalies

)

select * from final
