with anomaly_contributors as (

    select * from {{ source('forecasts', 'anomaly_contributors') }}

),

final as (

    select
        event_id::varchar as event_id,
        dimension::varchar as dimension,
        dimension_value::varchar as dimension_value,
        rank::integer as rank,
        excess_amount::double as excess_amount,
        share::double as share,
        volume_amount::double as volume_amount,
        mix_amount::double as mix_amount,
        price_amount::double as price_amount,
        new_amount::double as new_amount,
        gone_amount::double as gone_amount,
        other_amount::double as other_amount
    from anomaly_contributors

)

select * from final
