with accounts as (

    select * from {{ source('landing', 'prepaid_accounts') }}

),

renamed as (

    select distinct
        provider,
        account_name
    from accounts

)

select * from renamed
