with balances as (

    select * from {{ source('landing', 'balances') }}

),

final as (

    select
        (observed_at at time zone 'UTC')::date as stated_date,
        provider,
        account_name,
        currency,
        amount as stated_amount,
        observed_at as stated_at
    from balances

)

select * from final
