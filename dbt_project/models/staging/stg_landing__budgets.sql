with budgets as (

    select * from {{ source('landing', 'budgets') }}

),

final as (

    select
        budget,
        currency,
        period,
        since,
        until,
        amount,
        coalesce(rollover, false) as is_rolled_over,
        rollover_cap,
        alert_at
    from budgets

)

select * from final
