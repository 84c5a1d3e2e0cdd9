-- An export's chosen costs as FOCUS 1.2: one row per row of fct_costs that has an amount. Use that a subscription
-- covers is billed nothing and carries its list price; use that bought credit pays for is billed nothing either, the
-- credit is billed when it is bought. Own columns begin with x_.
select
    case
        when cost_kind = 'credit_purchase' or (cost_kind = 'spend' and not is_prepaid) then cost_amount
        else 0
    end::decimal(38, 12) as "BilledCost",
    account_name as "BillingAccountId",
    account_name as "BillingAccountName",
    'Organization' as "BillingAccountType",
    currency as "BillingCurrency",
    (date_trunc('month', cost_date) + interval 1 month)::timestamp as "BillingPeriodEnd",
    date_trunc('month', cost_date)::timestamp as "BillingPeriodStart",
    charge_category as "ChargeCategory",
    null::varchar as "ChargeClass",
    coalesce(note, entry_category, model_id, source) as "ChargeDescription",
    case
        when entry_category in ('subscription', 'seat') then 'Recurring'
        when charge_category = 'Usage' then 'Usage-Based'
        else 'One-Time'
    end as "ChargeFrequency",
    (cost_date + interval 1 day)::timestamp as "ChargePeriodEnd",
    cost_date::timestamp as "ChargePeriodStart",
    case when charge_category = 'Usage' then coalesce(total_tokens, quantity) end::decimal(38, 12) as "ConsumedQuantity",
    case
        when charge_category <> 'Usage' then null
        when total_tokens is not null then 'Tokens'
        when quantity is not null
            then coalesce(getvariable('units')[list_position(getvariable('known_units'), quantity_unit)], quantity_unit, 'Units')
    end as "ConsumedUnit",
    cost_amount as "ContractedCost",
    case when cost_kind = 'spend' then cost_amount else 0 end::decimal(38, 12) as "EffectiveCost",
    provider as "InvoiceIssuerName",
    coalesce(list_cost_amount, cost_amount) as "ListCost",
    case when charge_category in ('Usage', 'Purchase') then 'Standard' end as "PricingCategory",
    case when charge_category in ('Usage', 'Purchase') then coalesce(total_tokens, quantity, 1) end::decimal(
        38, 12
    ) as "PricingQuantity",
    case
        when charge_category not in ('Usage', 'Purchase') then null
        when total_tokens is not null then 'Tokens'
        when quantity is not null
            then coalesce(getvariable('units')[list_position(getvariable('known_units'), quantity_unit)], quantity_unit, 'Units')
        else 'Units'
    end as "PricingUnit",
    provider as "ProviderName",
    coalesce(dim_models.vendor, provider) as "PublisherName",
    'AI and Machine Learning' as "ServiceCategory",
    case
        when entry_category in ('subscription', 'seat') then provider || ' subscription'
        when provider in ('aws', 'azure', 'google', 'oracle') then coalesce(service, provider || ' API')
        else provider || ' API'
    end as "ServiceName",
    'Generative AI' as "ServiceSubcategory",
    project as "SubAccountId",
    project as "SubAccountName",
    case when project is not null then 'Project' end as "SubAccountType",
    tags as "Tags",
    cost_basis as "x_CostBasis",
    cost_id as "x_CostId",
    cost_kind as "x_CostKind",
    is_sample as "x_IsSample",
    model_id as "x_Model",
    source_kind as "x_SourceKind",
    source as "x_Source"
from chosen_costs
left join main.dim_models using (provider, model_id)
where cost_amount is not null
