with costs as (

    select * from {{ ref('int_reporting_costs') }}

),

-- A day and currency have one rate or none, so a sum is converted whole or not at all.
final as (

    select
        cost_date,
        provider,
        account_name,
        cost_kind,
        billing_currency as currency,
        sum(billed_amount)::decimal(38, 12) as cost_amount,
        reporting_currency,
        rate,
        rate_date,
        rate_source,
        case
            when billing_currency = reporting_currency then 'same'
            when rate is not null then 'converted'
            else 'unconverted'
        end as conversion_status,
        (sum(cost_amount) filter (currency = reporting_currency))::decimal(38, 12) as converted_amount,
        is_sample
    from costs
    where billed_amount is not null
    group by all

)

select * from final
