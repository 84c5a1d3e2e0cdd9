with costs as (

    select * from {{ ref('fct_costs') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

day_sums as (

    select
        cost_date,
        provider,
        account_name,
        cost_kind,
        currency,
        is_sample,
        sum(cost_amount)::decimal(38, 12) as cost_amount
    from costs
    where cost_amount is not null
    group by all

),

-- Rounded once, half-even: a row can be recomputed from its columns.
final as (

    select
        day_sums.cost_date,
        day_sums.provider,
        day_sums.account_name,
        day_sums.cost_kind,
        day_sums.currency,
        day_sums.cost_amount,
        build.currency as reporting_currency,
        rates.rate,
        rates.rate_date,
        rates.rate_source,
        case
            when day_sums.currency = build.currency then 'same'
            when rates.rate is not null then 'converted'
            else 'unconverted'
        end as conversion_status,
        case
            when day_sums.currency = build.currency then day_sums.cost_amount
            else {{ round_half_even('day_sums.cost_amount * rates.rate') }}
        end as converted_amount,
        day_sums.is_sample
    from day_sums
    cross join build
    left join rates
        on
            day_sums.cost_date = rates.cost_date
            and day_sums.currency = rates.currency
            and day_sums.currency <> build.currency

)

select * from final
