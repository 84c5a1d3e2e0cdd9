with names as (

    select * from {{ ref('stg_landing__names') }}

),

newest_names as (

    select
        provider,
        account_name,
        kind,
        id,
        name
    from names
    qualify
        row_number() over (
            partition by provider, account_name, kind, id
            order by last_seen_at desc, first_seen_at desc, name asc
        ) = 1

)

select * from newest_names
