with cost_center_rules as (

    select * from {{ source('landing', 'cost_center_rules') }}

),

final as (

    select
        rule,
        cost_center,
        percent,
        since,
        until
    from cost_center_rules

)

select * from final
