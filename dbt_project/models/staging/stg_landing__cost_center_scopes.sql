with cost_center_scopes as (

    select * from {{ source('landing', 'cost_center_scopes') }}

),

final as (

    select
        rule,
        dimension,
        value
    from cost_center_scopes

)

select * from final
