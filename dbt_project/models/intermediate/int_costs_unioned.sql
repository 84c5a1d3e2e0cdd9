with amounts as (

    select * from {{ ref('int_usage_and_entries') }}
    where is_costed is not true

),

billing as (

    select * from {{ ref('stg_landing__agent_billing') }}

),

prepaid as (

    select * from {{ ref('stg_landing__prepaid_accounts') }}

),

-- The usage of a coding agent is spend only if its tokens are billed; otherwise a subscription covers it. Nor
-- is usage spend that its source reports as not charged: an included quota, or the user's key at a gateway.
spend_flags as (

    select
        amounts.*,
        exists(
            select 1 from prepaid
            where
                amounts.provider = prepaid.provider
                and amounts.account_name = coalesce(prepaid.account_name, amounts.account_name)
        ) as is_of_prepaid_account,
        coalesce(amounts.is_billable, true)
        and (
            amounts.source_kind <> 'local' or coalesce(on_host.billing, everywhere.billing, '') = 'metered'
        ) as is_spend
    from amounts
    left join billing as on_host
        on
            amounts.source = on_host.source
            and amounts.host = on_host.host
    left join billing as everywhere
        on
            amounts.source = everywhere.source
            and everywhere.host is null

),

classified_costs as (

    select
        * replace (
            case
                when price_status = 'unpriced' then 'none'
                when source_kind = 'manual' then 'manual'
                when not is_spend and (is_usage or source_kind = 'local') then 'notional'
                when is_usage then 'computed'
                else coalesce(cost_basis, 'provider_reported')
            end as cost_basis
        ),
        case when is_spend then 'spend' else 'list_price_value' end as cost_kind,
        -- Seats and subscriptions are bought as well, and are not credit to use up.
        is_of_prepaid_account
        and charge_category = 'Purchase'
        and coalesce(entry_category, 'purchase') = 'purchase' as is_credit_purchase,
        -- Taxes are paid apart. Credit that was given is one more credit to use up, and no cash that came back.
        is_of_prepaid_account and is_spend and charge_category in ('Usage', 'Adjustment', 'Credit') as is_prepaid
    from spend_flags

),

final as (

    select
        amount_key,
        {{ listed(cost_columns()) }},
        record_key,
        cost_basis,
        price_status,
        price_version,
        currency,
        cost_amount,
        list_cost_amount,
        requests,
        {{ meter_columns('{meter}', 'is_token') }},
        {{ meter_total('is_token') }} as total_tokens,
        quantity,
        replaces_source,
        is_usage,
        is_credit_purchase,
        observed_at
    from classified_costs

)

select * from final
