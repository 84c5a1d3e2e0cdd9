with days as (

    select * from {{ ref('int_prepaid_days') }}

),

costs as (

    select * from {{ ref('fct_costs') }}
    where is_prepaid

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

balances as (

    select * from {{ ref('stg_landing__balances') }}

),

prepaid as (

    select * from {{ ref('stg_landing__prepaid_accounts') }}

),

month_sums as (

    select
        {{ month_of('cost_date') }} as month,
        provider,
        account_name,
        currency,
        sum(bought_amount) as bought_amount,
        sum(granted_amount) as granted_amount,
        sum(used_amount) as used_amount,
        min(balance_amount) as lowest_amount,
        max_by(balance_amount, cost_date) as closing_amount
    from days
    group by all

),

-- The last balance that the provider reported in a month.
reported_balances as (

    select
        {{ month_of('reported_date') }} as month,
        provider,
        account_name,
        currency,
        max(reported_date) as reported_date,
        max(reported_at) as reported_at,
        max_by(reported_amount, reported_at) as reported_amount
    from balances
    where
        exists (
            select 1 from prepaid
            where
                balances.provider = prepaid.provider
                and (balances.account_name = prepaid.account_name or prepaid.account_name is null)
        )
    group by all

),

reported_differences as (

    select
        reported_balances.month,
        reported_balances.provider,
        reported_balances.account_name,
        reported_balances.currency,
        reported_balances.reported_at,
        reported_balances.reported_amount,
        reported_balances.reported_amount - coalesce(max_by(days.balance_amount, days.cost_date), 0)
            as reported_difference_amount
    from reported_balances
    left join days
        on
            reported_balances.provider = days.provider
            and reported_balances.account_name = days.account_name
            and reported_balances.currency = days.currency
            and reported_balances.reported_date >= days.cost_date
    group by
        reported_balances.month,
        reported_balances.provider,
        reported_balances.account_name,
        reported_balances.currency,
        reported_balances.reported_at,
        reported_balances.reported_amount

),

account_months as (

    select
        month,
        provider,
        account_name,
        currency
    from month_sums
    union all
    select
        month,
        provider,
        account_name,
        currency
    from reported_differences

),

accounts as (

    select
        provider,
        account_name,
        currency,
        min(month) as first_month
    from account_months
    group by all

),

-- Every month since the first, those without any movement too.
months as (

    select
        accounts.provider,
        accounts.account_name,
        accounts.currency,
        unnest(generate_series(accounts.first_month, build.as_of_month, interval 1 month))::date as month
    from accounts
    cross join build

),

-- Use without a price came out of the credit as well, but nobody knows how much of it.
unpriced_months as (

    select
        provider,
        account_name,
        {{ month_of('cost_date') }} as month,
        sum(total_tokens) as unpriced_tokens
    from costs
    where price_status = 'unpriced'
    group by all

),

closing_balances as (

    select
        months.month,
        months.provider,
        months.account_name,
        months.currency,
        coalesce(month_sums.bought_amount, 0) as bought_amount,
        coalesce(month_sums.granted_amount, 0) as granted_amount,
        coalesce(month_sums.used_amount, 0) as used_amount,
        month_sums.lowest_amount,
        coalesce(last_value(month_sums.closing_amount ignore nulls) over (
            partition by months.provider, months.account_name, months.currency
            order by months.month
        ), 0) as closing_amount,
        reported_differences.reported_amount,
        reported_differences.reported_at,
        reported_differences.reported_difference_amount,
        coalesce(unpriced_months.unpriced_tokens, 0) as unpriced_tokens
    from months
    left join month_sums
        on
            months.month = month_sums.month
            and months.provider = month_sums.provider
            and months.account_name = month_sums.account_name
            and months.currency = month_sums.currency
    left join reported_differences
        on
            months.month = reported_differences.month
            and months.provider = reported_differences.provider
            and months.account_name = reported_differences.account_name
            and months.currency = reported_differences.currency
    left join unpriced_months
        on
            months.month = unpriced_months.month
            and months.provider = unpriced_months.provider
            and months.account_name = unpriced_months.account_name

),

opening_balances as (

    select
        *,
        coalesce(lag(closing_amount) over (
            partition by provider, account_name, currency
            order by month
        ), 0) as opening_amount
    from closing_balances

),

final as (

    select
        month,
        provider,
        account_name,
        currency,
        opening_amount::decimal(38, 12) as opening_amount,
        bought_amount::decimal(38, 12) as bought_amount,
        granted_amount::decimal(38, 12) as granted_amount,
        used_amount::decimal(38, 12) as used_amount,
        closing_amount::decimal(38, 12) as closing_amount,
        least(opening_amount, lowest_amount)::decimal(38, 12) as lowest_amount,
        least(opening_amount, lowest_amount) < 0 as is_overdrawn,
        reported_amount::decimal(38, 12) as reported_amount,
        reported_at,
        reported_difference_amount::decimal(38, 12) as reported_difference_amount,
        unpriced_tokens::bigint as unpriced_tokens
    from opening_balances

)

select * from final
