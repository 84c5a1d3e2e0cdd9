with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- How long a span is, and how many months later the span begins that it is held against as the one before.
comparison_sides as (

    select
        spans.comparison,
        spans.span,
        spans.span_months,
        spans.side,
        spans.months_later
    from (
        values
        ('full_month', 'month', 1, 'current', 0),
        ('full_month', 'month', 1, 'previous', 1),
        ('month_to_date', 'month', 1, 'current', 0),
        ('month_to_date', 'month', 1, 'previous', 1),
        ('quarter', 'quarter', 3, 'current', 0),
        ('quarter', 'quarter', 3, 'previous', 3),
        ('same_month_last_year', 'month', 1, 'current', 0),
        ('same_month_last_year', 'month', 1, 'previous', 12)
    ) as spans (comparison, span, span_months, side, months_later)

),

dates as (

    select distinct cost_date from costs

),

side_days as (

    select
        comparison_sides.comparison,
        comparison_sides.span_months,
        comparison_sides.side,
        max(comparison_sides.months_later) over (partition by comparison_sides.comparison) as months_apart,
        dates.cost_date,
        (
            date_trunc(comparison_sides.span, dates.cost_date) + {{ months('comparison_sides.months_later') }}
        )::date as month
    from dates
    cross join comparison_sides

),

-- Before the first record nothing is known: a quarter or a year that has nothing at all is not a zero to compare with.
-- A first month is in full_month, where int_comparison_sources says that nothing is compared.
side_dates as (

    select
        *,
        min(month) filter (where side = 'previous') over (partition by comparison) as first_month
    from side_days

),

final as (

    select
        side_dates.comparison,
        side_dates.month,
        side_dates.side,
        side_dates.cost_date,
        case
            when side_dates.comparison = 'month_to_date' then day(build.as_of_day) - 1
            else date_diff('day', side_dates.month, (side_dates.month + {{ months('side_dates.span_months') }})::date)
        end::integer as days_compared,
        (side_dates.month - {{ months('side_dates.months_apart') }})::date as previous_from,
        case
            when side_dates.comparison = 'month_to_date' then build.as_of_day - 1
            else (side_dates.month + {{ months('side_dates.span_months') }})::date - 1
        end as current_through
    from side_dates
    cross join build
    where
        (
            side_dates.comparison = 'month_to_date'
            and side_dates.month = build.as_of_month
            and day(side_dates.cost_date) < day(build.as_of_day)
        )
        or (
            side_dates.comparison <> 'month_to_date'
            and side_dates.month + {{ months('side_dates.span_months') }} <= build.as_of_month
            and (side_dates.comparison = 'full_month' or side_dates.month >= side_dates.first_month)
        )

)

select * from final
