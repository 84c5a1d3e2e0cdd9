with costs as (

    select * from {{ ref('int_reporting_costs') }}
    where billed_amount is not null

),

price_factors as (

    select * from {{ ref('int_price_factors') }}

),

-- Usage of a model is worth what it is at the prices in force; one that names no model, what all of its account is.
repriced_costs as (

    select
        costs.*,
        case
            when costs.charge_category = 'Usage' and costs.is_spread is not true
                then coalesce(price_factors.price_factor, 1)
            else 1
        end as price_factor
    from costs
    left join price_factors
        on
            costs.cost_date = price_factors.usage_date
            and costs.provider = price_factors.provider
            and costs.account_name = price_factors.account_name
            and costs.model_id is not distinct from price_factors.model_id
            and (costs.model_id is null) = price_factors.is_of_all_models

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
        (sum(cost_amount) filter (currency = reporting_currency))::decimal(38, 12) as converted_amount,
        coalesce(sum(billed_amount * price_factor) / nullif(sum(billed_amount), 0), 1)::double as price_factor
    from repriced_costs
    group by all

)

select * from final
