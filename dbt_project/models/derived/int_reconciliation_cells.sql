with usage as (

    select * from {{ ref('fct_usage') }}
    where
        source_kind in ('api', 'import')
        and coalesce(is_billable, true)

),

costs as (

    select * from {{ ref('fct_costs') }}
    where
        cost_kind = 'spend'
        and cost_basis in ('provider_reported', 'manual')

),

statements_without_charge as (

    select * from {{ ref('int_source_statements') }}
    where charges_nothing

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- Days on which something was used, and for which the bill charges nothing.
days_without_charge as (

    select distinct
        statements_without_charge.cost_date,
        statements_without_charge.provider,
        statements_without_charge.account_name
    from statements_without_charge
    inner join usage
        on
            statements_without_charge.cost_date = usage.usage_date
            and statements_without_charge.provider = usage.provider
            and statements_without_charge.account_name = usage.account_name

),

-- What each row of a bill charges for: use of tokens, use of something else, or no use at all.
bill_lines as (

    select
        cost_date,
        provider,
        account_name,
        currency,
        model_id,
        cost_amount,
        is_spread,
        charge_category = 'Usage' and coalesce(entry_category, 'usage') = 'usage' as is_use,
        regexp_matches(lower(coalesce(meter, line_item, '')), 'cach') as is_cache,
        -- A bill that names no meter is taken to be of tokens, which are what nearly all of it is.
        not regexp_matches(
            lower(coalesce(meter, line_item, service, '')),
            'search|container|session|storage|image|audio|second|minute|character|code_execution|code interpreter'
        ) as is_token
    from costs

),

reconciliation_lines as (

    select
        usage_date as cost_date,
        provider,
        account_name,
        currency,
        model_id,
        'estimate' as side,
        list_cost_amount as amount,
        list_cache_amount as cache_amount,
        list_search_amount as other_amount,
        price_status = 'unpriced' as is_unpriced,
        is_batch or coalesce(service_tier, 'default') not in ('default', 'standard', 'auto') as is_tiered,
        false as is_spread,
        true as is_use,
        false as is_free
    from usage

    union all

    select
        cost_date,
        provider,
        account_name,
        currency,
        model_id,
        'bill' as side,
        cost_amount as amount,
        case when is_use and is_token and is_cache then cost_amount end as cache_amount,
        case when is_use and not is_token then cost_amount end as other_amount,
        false as is_unpriced,
        false as is_tiered,
        is_spread,
        is_use,
        false as is_free
    from bill_lines

    union all

    select
        cost_date,
        provider,
        account_name,
        null::varchar as currency,
        null::varchar as model_id,
        'bill' as side,
        0::decimal(38, 12) as amount,
        null::decimal(38, 12) as cache_amount,
        null::decimal(38, 12) as other_amount,
        false as is_unpriced,
        false as is_tiered,
        false as is_spread,
        true as is_use,
        true as is_free
    from days_without_charge

),

-- Usage without a price has no currency; it gets that of its account's bill, else of its account's other usage.
lines_with_currency as (

    select
        reconciliation_lines.* exclude (currency),
        coalesce(
            reconciliation_lines.currency,
            min(reconciliation_lines.currency) filter (reconciliation_lines.side = 'bill') over account_day,
            min(reconciliation_lines.currency) over account_day,
            build.currency
        ) as currency,
        reconciliation_lines.cost_date >= build.as_of_day - {{ var('days_a_bill_may_be_late') }} as is_recent
    from reconciliation_lines
    cross join build
    window account_day as (
        partition by
            reconciliation_lines.cost_date,
            reconciliation_lines.provider,
            reconciliation_lines.account_name
    )

),

account_days as (

    select
        *,
        bool_or(side = 'estimate') over account_day as has_usage,
        bool_or(side = 'bill' and is_use) over account_day as has_bill,
        bool_or(is_free) over account_day
        and not bool_or(side = 'bill' and is_use and not is_free) over account_day as charges_nothing
    from lines_with_currency
    window account_day as (partition by cost_date, provider, account_name, currency)

),

final as (

    select
        cost_date,
        provider,
        account_name,
        currency,
        model_id,
        has_usage and has_bill as is_comparable,
        is_recent,
        charges_nothing,
        sum(amount) filter (side = 'estimate') as estimated_amount,
        sum(cache_amount) filter (side = 'estimate') as estimated_cache_amount,
        sum(other_amount) filter (side = 'estimate') as estimated_other_amount,
        sum(amount) filter (side = 'bill') as billed_amount,
        sum(cache_amount) filter (side = 'bill') as billed_cache_amount,
        sum(other_amount) filter (side = 'bill') as billed_other_amount,
        sum(amount) filter (side = 'bill' and not is_use) as not_usage_amount,
        bool_or(is_unpriced) as has_unpriced,
        bool_or(is_tiered) as has_tiers,
        bool_or(is_spread) as is_spread
    from account_days
    group by all

)

select * from final
