with status as (

    select * from {{ ref('stg_forecasts__status') }}

),

final as (

    select
        cost_kind,
        series_kind,
        series,
        currency,
        days_of_history,
        status,
        delivered_through,
        starts_on,
        message,
        thirty_day_pace
    from status

)

select * from final
