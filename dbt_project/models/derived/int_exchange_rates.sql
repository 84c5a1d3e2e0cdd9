with costs as (

    select * from {{ ref('fct_costs') }}

),

rates as (

    select * from {{ ref('stg_landing__exchange_rates') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- What is owed for days to come is worth what it would be today.
days as (

    select distinct
        costs.cost_date,
        least(costs.cost_date, build.as_of_day) as rated_day,
        costs.currency
    from costs
    cross join build
    where costs.currency is not null

),

-- Rates are published on working days: a rate applies until the next one, for a week at most. For one day, a rate
-- of the user's file goes before the published one.
final as (

    select
        days.cost_date,
        days.currency,
        rates.rate,
        rates.rate_date,
        rates.rate_source
    from days
    inner join rates
        on
            days.currency = rates.currency
            and days.rated_day >= rates.rate_date
            and days.rated_day <= rates.rate_date + {{ var('days_a_rate_holds') }}
    qualify
        row_number() over (
            partition by days.cost_date, days.currency
            order by rates.rate_date desc, rates.rate_source = 'file' desc
        ) = 1

)

select * from final
