with rates as (

    select * from {{ source('landing', 'exchange_rates') }}

),

final as (

    select
        rate_date,
        currency,
        source as rate_source,
        rate
    from rates

)

select * from final
