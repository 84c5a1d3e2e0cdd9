with cells as (

    select * from {{ ref('int_comparison_cells') }}

),

gaps as (

    select * from {{ ref('int_comparison_gaps') }}

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

-- What was not recorded is unknown, and no zero to compare with.
recorded as (

    select
        summed.* exclude (previous_amount),
        gaps.comparison is null as is_comparable,
        gaps.recorded_from,
        gaps.recorded_through,
        case when gaps.comparison is null then summed.previous_amount end as previous_amount
    from summed
    left join gaps
        on
            summed.comparison = gaps.comparison
            and summed.month = gaps.month
            and summed.cost_kind = gaps.cost_kind
            and summed.currency = gaps.currency
    where
        gaps.comparison is null
        or summed.current_amount is not null

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
        case when is_comparable then coalesce(previous_amount, 0) end::decimal(38, 12) as previous_amount,
        case
            when is_comparable then coalesce(current_amount, 0) - coalesce(previous_amount, 0)
        end::decimal(38, 12) as change_amount,
        case
            when previous_amount > 0
                then (coalesce(current_amount, 0) - previous_amount)::double / previous_amount::double
        end as change_ratio,
        case
            when not is_comparable then 'not_recorded'
            when previous_amount is null then 'new'
            when current_amount is null then 'gone'
            else 'both'
        end as change_status,
        recorded_from,
        recorded_through
    from recorded

)

select * from final
