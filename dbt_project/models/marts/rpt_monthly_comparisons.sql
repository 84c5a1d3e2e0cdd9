with costs as (

    select * from {{ ref('rpt_daily_costs') }}
    where cost_amount is not null

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

daily as (

    select
        costs.cost_date,
        date_trunc('month', costs.cost_date)::date as month,
        (date_trunc('month', costs.cost_date) + interval 1 month)::date as next_month,
        costs.cost_kind,
        costs.currency,
        costs.cost_amount,
        build.as_of_day,
        build.as_of_month,
        unnest(['total', 'provider', 'account', 'model', 'project', 'source_kind']) as dimension,
        unnest([
            'total', costs.provider, costs.account_name, costs.model_id, costs.project, costs.source_kind
        ]) as dimension_value
    from costs
    cross join build

),

-- Each amount stands once in the month it fell into, and once as what the following month is held against.
sides as (

    select
        'full_month' as comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        cost_amount as current_amount,
        null::decimal(38, 12) as previous_amount
    from daily
    where month < as_of_month

    union all

    select
        'full_month' as comparison,
        next_month as month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        null::decimal(38, 12) as current_amount,
        cost_amount as previous_amount
    from daily
    where next_month < as_of_month

    union all

    select
        'month_to_date' as comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        cost_amount as current_amount,
        null::decimal(38, 12) as previous_amount
    from daily
    where
        month = as_of_month
        and cost_date < as_of_day

    union all

    select
        'month_to_date' as comparison,
        next_month as month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        null::decimal(38, 12) as current_amount,
        cost_amount as previous_amount
    from daily
    where
        next_month = as_of_month
        and day(cost_date) < day(as_of_day)

),

summed as (

    select
        comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        sum(current_amount) as current_amount,
        sum(previous_amount) as previous_amount
    from sides
    group by all

),

final as (

    select
        summed.comparison,
        summed.month,
        summed.dimension,
        summed.dimension_value,
        summed.cost_kind,
        summed.currency,
        case
            when summed.comparison = 'full_month' then day(last_day(summed.month))
            else day(build.as_of_day) - 1
        end::integer as days_compared,
        coalesce(summed.current_amount, 0)::decimal(38, 12) as current_amount,
        coalesce(summed.previous_amount, 0)::decimal(38, 12) as previous_amount,
        (coalesce(summed.current_amount, 0) - coalesce(summed.previous_amount, 0))::decimal(38, 12) as change_amount,
        case
            when summed.previous_amount > 0
                then
                    (coalesce(summed.current_amount, 0) - summed.previous_amount)::double
                    / summed.previous_amount::double
        end as change_ratio,
        case
            when summed.previous_amount is null then 'new'
            when summed.current_amount is null then 'gone'
            else 'both'
        end as change_status
    from summed
    cross join build

)

select * from final
