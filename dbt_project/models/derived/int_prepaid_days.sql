with costs as (

    select * from {{ ref('fct_costs') }}
    where is_prepaid

),

purchases as (

    select * from {{ ref('fct_cost_candidates') }}
    where is_credit_purchase

),

movements as (

    select
        cost_date,
        provider,
        account_name,
        currency,
        cost_amount as bought_amount,
        0::decimal(38, 12) as granted_amount,
        0::decimal(38, 12) as used_amount
    from purchases

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
    from movements
    group by
        cost_date,
        provider,
        account_name,
        currency

),

final as (

    select
        cost_date,
        provider,
        account_name,
        currency,
        bought_amount,
        granted_amount,
        used_amount,
        sum(bought_amount + granted_amount - used_amount) over (
            partition by provider, account_name, currency
            order by cost_date
        ) as balance_amount
    from days

)

select * from final
