with costs as (

    select * from {{ ref('int_costs_unioned') }}

),

chosen as (

    select * from {{ ref('int_sources_chosen') }}

),

stated as (

    select
        costs.cost_date,
        costs.provider,
        costs.account_name,
        costs.source_kind,
        costs.source,
        costs.host,
        costs.cost_kind,
        costs.cost_basis,
        costs.price_status,
        costs.currency,
        sum(costs.cost_amount)::decimal(38, 12) as cost_amount,
        sum(costs.requests)::bigint as requests,
        sum(costs.total_tokens)::bigint as total_tokens,
        false as is_credit_purchase,
        chosen.is_chosen,
        chosen.counts_usage,
        chosen.precedence,
        chosen.reason,
        max(costs.observed_at) as observed_at
    from costs
    inner join chosen
        on
            costs.cost_date = chosen.cost_date
            and costs.provider = chosen.provider
            and costs.account_name = chosen.account_name
            and costs.source_kind = chosen.source_kind
            and costs.source = chosen.source
            and costs.host is not distinct from chosen.host
    where costs.is_credit_purchase is not true
    group by all

),

-- What was paid for credit is a cost when the credit is used, and stands here so that it is not lost.
bought as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        host,
        cost_kind,
        cost_basis,
        price_status,
        currency,
        sum(cost_amount)::decimal(38, 12) as cost_amount,
        sum(requests)::bigint as requests,
        sum(total_tokens)::bigint as total_tokens,
        true as is_credit_purchase,
        false as is_chosen,
        false as counts_usage,
        null::integer as precedence,
        'bought credit: its use is counted instead' as reason,
        max(observed_at) as observed_at
    from costs
    where is_credit_purchase
    group by all

),

unioned as (

    select * from stated
    union all
    select * from bought

),

final as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        host,
        cost_kind,
        cost_basis,
        price_status,
        currency,
        cost_amount,
        requests,
        total_tokens,
        is_credit_purchase,
        is_chosen,
        counts_usage,
        precedence,
        reason,
        observed_at
    from unioned

)

select * from final
