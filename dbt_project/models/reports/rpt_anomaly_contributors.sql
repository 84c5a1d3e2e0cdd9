with anomaly_contributors as (

    select * from {{ ref('stg_forecasts__anomaly_contributors') }}

),

final as (

    select
        event_id,
        dimension,
        dimension_value,
        rank,
        excess_amount,
        share,
        volume_amount,
        mix_amount,
        price_amount,
        new_amount,
        gone_amount,
        other_amount
    from anomaly_contributors

)

select * from final
