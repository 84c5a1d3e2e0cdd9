with cells as (

    select * from {{ ref('int_comparison_cells') }}

),

sources as (

    select * from {{ ref('int_comparison_sources') }}

),

-- Since when, and up to when, everything is recorded of which nothing can be compared.
gaps as (

    select
        comparison,
        month,
        cost_kind,
        currency,
        max(recorded_from) as recorded_from,
        min(recorded_through) as recorded_through
    from sources
    group by all
    having not bool_or(is_compared)

),

cell_sums as (

    select
        comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        days_compared,
        sum(current_amount) as current_amount,
        sum(compared_amount) as compared_amount,
        sum(previous_amount) as previous_amount
    from cells
    group by all

),

-- What was not recorded is unknown, and no zero to compare with.
changes as (

    select
        * exclude (compared_amount, previous_amount),
        case
            when compared_amount is null and previous_amount is null then 'not_recorded'
            when previous_amount is null then 'new'
            when compared_amount is null then 'gone'
            else 'both'
        end as change_status,
        case
            when compared_amount is not null or previous_amount is not null then coalesce(compared_amount, 0)
        end as compared_amount,
        case
            when compared_amount is not null or previous_amount is not null then coalesce(previous_amount, 0)
        end as previous_amount
    from cell_sums

),

final as (

    select
        changes.comparison,
        changes.month,
        changes.dimension,
        changes.dimension_value,
        changes.cost_kind,
        changes.currency,
        changes.days_compared,
        coalesce(changes.current_amount, 0)::decimal(38, 12) as current_amount,
        changes.compared_amount::decimal(38, 12) as compared_amount,
        changes.previous_amount::decimal(38, 12) as previous_amount,
        (changes.compared_amount - changes.previous_amount)::decimal(38, 12) as change_amount,
        case
            when changes.previous_amount > 0
                then (changes.compared_amount - changes.previous_amount)::double / changes.previous_amount::double
        end as change_ratio,
        changes.change_status,
        gaps.recorded_from,
        gaps.recorded_through
    from changes
    left join gaps
        on
            changes.comparison = gaps.comparison
            and changes.month = gaps.month
            and changes.cost_kind = gaps.cost_kind
            and changes.currency = gaps.currency

)

select * from final
