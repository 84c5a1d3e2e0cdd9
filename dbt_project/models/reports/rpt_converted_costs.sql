with costs as (

    select * from {{ ref('fct_costs') }}

),

rates as (

    select * from {{ ref('int_exchange_rates') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

summed as (

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

-- Rounded once, half-even: a row can be recomputed from what it states.
final as (

    select
        summed.cost_date,
        summed.provider,
        summed.account_name,
        summed.cost_kind,
        summed.currency,
        summed.cost_amount,
        build.currency as reporting_currency,
        rates.rate,
        rates.rate_date,
        rates.rate_source,
        case
            when summed.currency = build.currency then 'same'
            when rates.rate is not null then 'converted'
            else 'unconverted'
        end as conversion_status,
        case
            when summed.currency = build.currency then summed.cost_amount
            else round_even(summed.cost_amount * rates.rate, 12)::decimal(38, 12)
        end as converted_amount,
        summed.is_sample
    from summed
    cross join build
    left join rates
        on
            summed.cost_date = rates.cost_date
            and summed.currency = rates.currency
            and summed.currency <> build.currency

)

select * from final
