with rates as (

    select * from {{ source('landing', 'exchange_rates') }}

),

renamed as (

    select
        rate_date,
        currency,
        source as rate_source,
        rate
    from rates

)

select * from renamed
