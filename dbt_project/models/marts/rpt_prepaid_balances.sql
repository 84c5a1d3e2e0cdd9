with bought as (

    select
        date_trunc('month', cost_date)::date as month,
        provider,
        account_name,
        currency,
        cost_amount as bought_amount,
        0::decimal(38, 12) as used_amount
    from {{ ref('fct_cost_candidates') }}
    where is_credit_purchase

),

used as (

    select
        date_trunc('month', cost_date)::date as month,
        provider,
        account_name,
        currency,
        0::decimal(38, 12) as bought_amount,
        cost_amount as used_amount
    from {{ ref('fct_costs') }}
    where
        is_prepaid
        and cost_amount is not null

),

moved as (

    select * from bought
    union all
    select * from used

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

accounts as (

    select
        provider,
        account_name,
        currency,
        min(month) as first_month
    from moved
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

summed as (

    select
        months.month,
        months.provider,
        months.account_name,
        months.currency,
        coalesce(sum(moved.bought_amount), 0) as bought_amount,
        coalesce(sum(moved.used_amount), 0) as used_amount
    from months
    left join moved
        on
            months.month = moved.month
            and months.provider = moved.provider
            and months.account_name = moved.account_name
            and months.currency = moved.currency
    group by
        months.month,
        months.provider,
        months.account_name,
        months.currency

),

running as (

    select
        *,
        sum(bought_amount - used_amount) over (
            partition by provider, account_name, currency
            order by month
        ) as closing_amount
    from summed

),

final as (

    select
        month,
        provider,
        account_name,
        currency,
        (closing_amount - bought_amount + used_amount)::decimal(38, 12) as opening_amount,
        bought_amount::decimal(38, 12) as bought_amount,
        used_amount::decimal(38, 12) as used_amount,
        closing_amount::decimal(38, 12) as closing_amount,
        closing_amount < 0 as is_overdrawn
    from running

)

select * from final
