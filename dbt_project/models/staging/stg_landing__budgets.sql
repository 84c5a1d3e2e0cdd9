with budgets as (

    select * from {{ source('landing', 'budgets') }}

),

renamed as (

    select
        budget,
        currency,
        period,
        amount,
        alert_at
    from budgets

)

select * from renamed
