with coverage as (

    select * from {{ ref('int_cost_coverage') }}

),

final as (

    select
        provider,
        account_name,
        source_kind,
        cost_kind,
        currency,
        source_name,
        recorded_from,
        recorded_through
    from coverage

)

select * from final
