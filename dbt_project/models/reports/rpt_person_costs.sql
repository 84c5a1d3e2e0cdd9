with costs as (

    select * from {{ ref('int_reporting_costs') }}

),

final as (

    select
        {{ month_of('cost_date') }} as month,
        {{ person_of('tags') }} as person,
        provider,
        cost_kind,
        billing_currency as currency,
        sum(billed_amount)::decimal(38, 12) as cost_amount,
        reporting_currency,
        (sum(cost_amount) filter (currency = reporting_currency))::decimal(38, 12) as converted_amount,
        sum(total_tokens)::bigint as total_tokens
    from costs
    group by all

)

select * from final
