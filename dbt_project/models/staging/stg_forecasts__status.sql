with status as (

    select * from {{ source('forecasts', 'status') }}

),

final as (

    select
        cost_kind::varchar as cost_kind,
        series_kind::varchar as series_kind,
        series::varchar as series,
        currency::varchar as currency,
        days_of_history::integer as days_of_history,
        status::varchar as status,
        delivered_through::date as delivered_through,
        starts_on::date as starts_on,
        message::varchar as message,
        thirty_day_pace::double as thirty_day_pace
    from status

)

select * from final
