with scopes as (

    select * from {{ source('landing', 'budget_scopes') }}

),

renamed as (

    select
        budget,
        dimension,
        value
    from scopes

)

select * from renamed
