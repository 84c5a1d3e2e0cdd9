with cells as (

    select * from {{ ref('int_comparison_cells') }}

),

summed as (

    select
        comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        days_compared,
        sum(current_amount) as current_amount,
        sum(previous_amount) as previous_amount
    from cells
    group by all

),

final as (

    select
        comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        days_compared,
        coalesce(current_amount, 0)::decimal(38, 12) as current_amount,
        coalesce(previous_amount, 0)::decimal(38, 12) as previous_amount,
        (coalesce(current_amount, 0) - coalesce(previous_amount, 0))::decimal(38, 12) as change_amount,
        case
            when previous_amount > 0
                then (coalesce(current_amount, 0) - previous_amount)::double / previous_amount::double
        end as change_ratio,
        case
            when previous_amount is null then 'new'
            when current_amount is null then 'gone'
            else 'both'
        end as change_status
    from summed

)

select * from final
