with balances as (

    select * from {{ source('landing', 'balances') }}

),

final as (

    select
        (observed_at at time zone 'UTC')::date as reported_date,
        provider,
        account_name,
        currency,
        amount as reported_amount,
        observed_at as reported_at
    from balances

)

select * from final
