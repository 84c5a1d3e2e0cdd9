with costs as (

    select * from {{ ref('int_reporting_costs') }}
    where billed_amount is not null

),

final as (

    select
        cost_date,
        provider,
        account_name,
        coalesce(project_name, project) as project,
        coalesce(api_key_name, api_key_id) as api_key,
        source_kind,
        charge_category,
        coalesce(is_spread, false) as is_spread,
        cost_kind,
        billing_currency as currency,
        sum(billed_amount)::decimal(38, 12) as cost_amount,
        reporting_currency,
        (sum(cost_amount) filter (currency = reporting_currency))::decimal(38, 12) as converted_amount
    from costs
    group by all

)

select * from final
