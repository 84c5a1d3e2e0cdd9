with scopes as (

    select * from {{ source('landing', 'budget_scopes') }}

),

final as (

    select
        budget,
        dimension,
        value
    from scopes

)

select * from final
