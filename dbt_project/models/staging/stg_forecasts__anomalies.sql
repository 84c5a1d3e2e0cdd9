with anomalies as (

    select * from {{ source('forecasts', 'anomalies') }}

),

final as (

    select
        event_id::varchar as event_id,
        cost_kind::varchar as cost_kind,
        series_kind::varchar as series_kind,
        series::varchar as series,
        currency::varchar as currency,
        kind::varchar as kind,
        direction::varchar as direction,
        start_date::date as start_date,
        end_date::date as end_date,
        found_date::date as found_date,
        is_open::boolean as is_open,
        days::integer as days,
        actual_amount::double as actual_amount,
        expected_amount::double as expected_amount,
        excess_amount::double as excess_amount,
        ratio::double as ratio,
        volume_amount::double as volume_amount,
        mix_amount::double as mix_amount,
        price_amount::double as price_amount,
        new_amount::double as new_amount,
        gone_amount::double as gone_amount,
        other_amount::double as other_amount,
        severity::varchar as severity,
        confidence::varchar as confidence,
        verdict::varchar as verdict,
        note::varchar as note
    from anomalies

)

select * from final
