with names as (

    select * from {{ source('landing', 'names') }}

),

final as (

    select
        provider,
        account_name,
        kind,
        id,
        name,
        first_seen_at,
        last_seen_at
    from names

)

select * from final
