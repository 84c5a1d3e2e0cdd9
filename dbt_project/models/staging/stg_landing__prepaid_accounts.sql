with accounts as (

    select * from {{ source('landing', 'prepaid_accounts') }}

),

final as (

    select distinct
        provider,
        account_name
    from accounts

)

select * from final
