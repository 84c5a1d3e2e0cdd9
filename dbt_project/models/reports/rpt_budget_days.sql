with days as (

    select * from {{ ref('int_budget_days') }}

),

periods as (

    select * from {{ ref('rpt_budget_status') }}

),

final as (

    select
        periods.budget,
        periods.period_start,
        days.cost_date,
        days.spent_amount,
        (sum(days.spent_amount) over (
            partition by periods.budget, periods.period_start order by days.cost_date
        ))::decimal(38, 12) as spent_to_date_amount,
        periods.currency
    from periods
    inner join days
        on
            periods.budget = days.budget
            and periods.period_start <= days.cost_date
            and periods.period_end > days.cost_date

)

select * from final
