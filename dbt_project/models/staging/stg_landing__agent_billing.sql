with billing as (

    select * from {{ source('landing', 'agent_billing') }}

),

renamed as (

    select
        source,
        host,
        billing
    from billing

)

select * from renamed
