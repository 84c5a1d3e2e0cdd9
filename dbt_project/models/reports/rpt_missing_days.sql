with missing_days as (

    select * from {{ ref('int_missing_days') }}

),

final as (

    select
        provider,
        account_name,
        cost_kind,
        missing_date,
        is_late
    from missing_days

)

select * from final
