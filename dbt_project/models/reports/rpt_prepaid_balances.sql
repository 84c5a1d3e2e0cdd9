with costs as (

    select * from {{ ref('fct_costs') }}
    where is_prepaid

),

candidates as (

    select * from {{ ref('fct_cost_candidates') }}
    where is_credit_purchase

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

moved as (

    select
        cost_date,
        provider,
        account_name,
        currency,
        cost_amount as bought_amount,
        0::decimal(38, 12) as granted_amount,
        0::decimal(38, 12) as used_amount
    from candidates

    union all

    select
        cost_date,
        provider,
        account_name,
        currency,
        0::decimal(38, 12) as bought_amount,
        case when charge_category = 'Credit' then -cost_amount else 0 end as granted_amount,
        case when charge_category = 'Credit' then 0 else cost_amount end as used_amount
    from costs
    where cost_amount is not null

),

days as (

    select
        cost_date,
        provider,
        account_name,
        currency,
        sum(bought_amount) as bought_amount,
        sum(granted_amount) as granted_amount,
        sum(used_amount) as used_amount
    from moved
    group by
        cost_date,
        provider,
        account_name,
        currency

),

running as (

    select
        *,
        date_trunc('month', cost_date)::date as month,
        sum(bought_amount + granted_amount - used_amount) over (
            partition by provider, account_name, currency
            order by cost_date
        ) as balance_amount
    from days

),

by_month as (

    select
        month,
        provider,
        account_name,
        currency,
        sum(bought_amount) as bought_amount,
        sum(granted_amount) as granted_amount,
        sum(used_amount) as used_amount,
        min(balance_amount) as lowest_amount,
        max_by(balance_amount, cost_date) as closing_amount
    from running
    group by
        month,
        provider,
        account_name,
        currency

),

-- What the provider stated last in a month.
stated as (

    select
        date_trunc('month', stated_date)::date as month,
        provider,
        account_name,
        currency,
        max(stated_date) as stated_date,
        max(stated_at) as stated_at,
        max_by(stated_amount, stated_at) as stated_amount
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

compared as (

    select
        stated.month,
        stated.provider,
        stated.account_name,
        stated.currency,
        stated.stated_at,
        stated.stated_amount,
        stated.stated_amount - coalesce(max_by(running.balance_amount, running.cost_date), 0)
            as stated_difference_amount
    from stated
    left join running
        on
            stated.provider = running.provider
            and stated.account_name = running.account_name
            and stated.currency = running.currency
            and stated.stated_date >= running.cost_date
    group by
        stated.month,
        stated.provider,
        stated.account_name,
        stated.currency,
        stated.stated_at,
        stated.stated_amount

),

known as (

    select
        month,
        provider,
        account_name,
        currency
    from by_month

    union all

    select
        month,
        provider,
        account_name,
        currency
    from compared

),

accounts as (

    select
        provider,
        account_name,
        currency,
        min(month) as first_month
    from known
    group by
        provider,
        account_name,
        currency

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
unpriced as (

    select
        provider,
        account_name,
        date_trunc('month', cost_date)::date as month,
        sum(total_tokens) as unpriced_tokens
    from costs
    where price_status = 'unpriced'
    group by all

),

carried as (

    select
        months.month,
        months.provider,
        months.account_name,
        months.currency,
        coalesce(by_month.bought_amount, 0) as bought_amount,
        coalesce(by_month.granted_amount, 0) as granted_amount,
        coalesce(by_month.used_amount, 0) as used_amount,
        by_month.lowest_amount,
        coalesce(last_value(by_month.closing_amount ignore nulls) over (
            partition by months.provider, months.account_name, months.currency
            order by months.month
        ), 0) as closing_amount,
        compared.stated_amount,
        compared.stated_at,
        compared.stated_difference_amount,
        coalesce(unpriced.unpriced_tokens, 0) as unpriced_tokens
    from months
    left join by_month
        on
            months.month = by_month.month
            and months.provider = by_month.provider
            and months.account_name = by_month.account_name
            and months.currency = by_month.currency
    left join compared
        on
            months.month = compared.month
            and months.provider = compared.provider
            and months.account_name = compared.account_name
            and months.currency = compared.currency
    left join unpriced
        on
            months.month = unpriced.month
            and months.provider = unpriced.provider
            and months.account_name = unpriced.account_name

),

opened as (

    select
        *,
        coalesce(lag(closing_amount) over (
            partition by provider, account_name, currency
            order by month
        ), 0) as opening_amount
    from carried

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
        stated_amount::decimal(38, 12) as stated_amount,
        stated_at,
        stated_difference_amount::decimal(38, 12) as stated_difference_amount,
        unpriced_tokens::bigint as unpriced_tokens
    from opened

)

select * from final
