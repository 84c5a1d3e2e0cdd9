with costs as (

    select * from {{ ref('fct_costs') }}

),

final as (

    select
        local_date,
        day_basis,
        provider,
        account_name,
        source_kind,
        cost_kind,
        currency,
        sum(cost_amount)::decimal(38, 12) as cost_amount,
        sum(requests)::bigint as requests,
        sum(total_tokens)::bigint as total_tokens
    from costs
    group by all

)

select * from final
