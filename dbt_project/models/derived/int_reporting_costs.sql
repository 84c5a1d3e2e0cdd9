{{ config(materialized='view') }}

with costs as (

    select * from {{ ref('fct_costs') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- Each row is rounded once, half-even, and every total is a sum of these rows: so all totals agree to the last digit.
final as (

    select
        costs.* exclude (currency, cost_amount),
        costs.currency as billing_currency,
        costs.cost_amount as billed_amount,
        build.currency as reporting_currency,
        rates.rate,
        rates.rate_date,
        rates.rate_source,
        case when rates.rate is null then costs.currency else build.currency end as currency,
        case
            when rates.rate is null then costs.cost_amount
            else {{ round_half_even('costs.cost_amount * rates.rate') }}
        end as cost_amount
    from costs
    cross join build
    left join rates
        on
            costs.cost_date = rates.cost_date
            and costs.currency = rates.currency
            and costs.currency <> build.currency

)

select * from final
