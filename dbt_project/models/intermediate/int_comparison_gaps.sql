with daily as (

    select * from {{ ref('rpt_daily_costs') }}
    where cost_amount is not null

),

coverage as (

    select * from {{ ref('rpt_cost_coverage') }}

),

days as (

    select * from {{ ref('int_comparison_days') }}

),

records as (

    select
        cost_kind,
        currency,
        min(recorded_from) as recorded_from
    from coverage
    group by all

),

sides as (

    select distinct
        days.comparison,
        days.month,
        days.previous_from,
        days.current_through,
        days.side,
        daily.cost_kind,
        daily.currency,
        daily.provider,
        daily.account_name,
        daily.source_kind
    from daily
    inner join days on daily.cost_date = days.cost_date

),

-- What is entered by hand begins when it begins; every other source may have missed what was before it was first read.
gaps as (

    select
        sides.comparison,
        sides.month,
        sides.cost_kind,
        sides.currency,
        greatest(
            max(records.recorded_from) filter (records.recorded_from > sides.previous_from),
            max(coverage.recorded_from) filter (
                sides.side = 'current'
                and sides.source_kind <> 'manual'
                and coverage.recorded_from > sides.previous_from
            )
        ) as recorded_from,
        min(coverage.recorded_through) filter (coverage.recorded_through < sides.current_through) as recorded_through
    from sides
    inner join records
        on
            sides.cost_kind = records.cost_kind
            and sides.currency = records.currency
    left join coverage
        on
            sides.provider = coverage.provider
            and sides.account_name = coverage.account_name
            and sides.source_kind = coverage.source_kind
            and sides.cost_kind = coverage.cost_kind
            and sides.currency = coverage.currency
    group by all

),

final as (

    select * from gaps
    where
        recorded_from is not null
        or recorded_through is not null

)

select * from final
