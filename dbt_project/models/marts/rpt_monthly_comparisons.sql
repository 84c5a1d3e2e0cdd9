with costs as (

    select * from {{ ref('int_costs_by_dimension') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- Each comparison's spans: the month's days that count, and the days of the month before they are held against.
full_months as (

    select distinct
        'full_month' as comparison,
        date_trunc('month', costs.cost_date)::date as month,
        date_trunc('month', costs.cost_date)::date as current_start,
        (date_trunc('month', costs.cost_date) + interval 1 month)::date as current_end,
        (date_trunc('month', costs.cost_date) - interval 1 month)::date as previous_start,
        date_trunc('month', costs.cost_date)::date as previous_end
    from costs
    cross join build
    where date_trunc('month', costs.cost_date) < build.as_of_month

),

-- A month that nothing was spent in still ends what the month before had.
months_to_date as (

    select
        'month_to_date' as comparison,
        as_of_month as month,
        as_of_month as current_start,
        as_of_day as current_end,
        (as_of_month - interval 1 month)::date as previous_start,
        least(
            (as_of_month - interval 1 month)::date + date_diff('day', as_of_month, as_of_day)::integer, as_of_month
        ) as previous_end
    from build
    where as_of_day > as_of_month

),

spans as (

    select * from full_months
    union all
    select * from months_to_date

),

summed as (

    select
        spans.comparison,
        spans.month,
        costs.dimension,
        costs.dimension_value,
        costs.cost_kind,
        costs.currency,
        date_diff('day', spans.current_start, spans.current_end)::integer as days_compared,
        sum(costs.cost_amount) filter (costs.cost_date >= spans.current_start) as current_amount,
        sum(costs.cost_amount) filter (costs.cost_date < spans.previous_end) as previous_amount
    from spans
    inner join costs
        on
            (costs.cost_date >= spans.current_start and costs.cost_date < spans.current_end)
            or (costs.cost_date >= spans.previous_start and costs.cost_date < spans.previous_end)
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
