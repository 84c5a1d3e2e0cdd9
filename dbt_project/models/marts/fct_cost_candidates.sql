with costs as (

    select * from {{ ref('int_costs_unioned') }}

),

chosen as (

    select * from {{ ref('int_sources_chosen') }}

),

final as (

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
    group by all

)

select * from final
