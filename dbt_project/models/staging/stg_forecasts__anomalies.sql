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
        case when not isnan(actual_amount) then actual_amount end::double as actual_amount,
        expected_amount::double as expected_amount,
        case when not isnan(excess_amount) then excess_amount end::double as excess_amount,
        case when not isnan(ratio) then ratio end::double as ratio,
        case when not isnan(volume_amount) then volume_amount end::double as volume_amount,
        case when not isnan(mix_amount) then mix_amount end::double as mix_amount,
        case when not isnan(price_amount) then price_amount end::double as price_amount,
        case when not isnan(new_amount) then new_amount end::double as new_amount,
        case when not isnan(gone_amount) then gone_amount end::double as gone_amount,
        case when not isnan(other_amount) then other_amount end::double as other_amount,
        severity::varchar as severity,
        confidence::varchar as confidence,
        verdict::varchar as verdict,
        note::varchar as note
    from anomalies

)

select * from final
