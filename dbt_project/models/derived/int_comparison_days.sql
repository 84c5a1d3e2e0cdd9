with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- How long a span is, and how many months later the span begins that it is held against as the one before.
sides as (

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

dated as (

    select
        sides.comparison,
        sides.span_months,
        sides.side,
        max(sides.months_later) over (partition by sides.comparison) as months_apart,
        dates.cost_date,
        (date_trunc(sides.span, dates.cost_date) + to_months(sides.months_later))::date as month
    from dates
    cross join sides

),

-- Before the first record nothing is known: a quarter or a year that has nothing at all is no zero to compare with. A
-- first month stands in full_month, where int_comparison_sources says that nothing is compared.
known as (

    select
        *,
        min(month) filter (where side = 'previous') over (partition by comparison) as first_month
    from dated

),

final as (

    select
        known.comparison,
        known.month,
        known.side,
        known.cost_date,
        case
            when known.comparison = 'month_to_date' then day(build.as_of_day) - 1
            else date_diff('day', known.month, (known.month + to_months(known.span_months))::date)
        end::integer as days_compared,
        (known.month - to_months(known.months_apart))::date as previous_from,
        case
            when known.comparison = 'month_to_date' then build.as_of_day - 1
            else (known.month + to_months(known.span_months))::date - 1
        end as current_through
    from known
    cross join build
    where
        (
            known.comparison = 'month_to_date'
            and known.month = build.as_of_month
            and day(known.cost_date) < day(build.as_of_day)
        )
        or (
            known.comparison <> 'month_to_date'
            and known.month + to_months(known.span_months) <= build.as_of_month
            and (known.comparison = 'full_month' or known.month >= known.first_month)
        )

)

select * from final
