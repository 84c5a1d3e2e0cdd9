with billing as (

    select * from {{ source('landing', 'agent_billing') }}

),

final as (

    select
        source,
        host,
        billing
    from billing

)

select * from final
