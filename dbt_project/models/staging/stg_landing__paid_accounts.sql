with paid_accounts as (

    select * from {{ source('landing', 'paid_accounts') }}

),

final as (

    select
        account_name,
        source,
        host,
        provider,
        pays
    from paid_accounts

)

select * from final
