with costs as (

    select * from {{ ref('int_costs_unioned') }}

),

chosen_sources as (

    select * from {{ ref('int_sources_chosen') }}

),

-- A payment for credit is a cost when the credit is used; it is listed here so that it is not lost.
candidate_rows as (

    select
        costs.* replace (coalesce(costs.is_credit_purchase, false) as is_credit_purchase),
        coalesce(chosen_sources.is_chosen, false) as is_chosen,
        coalesce(chosen_sources.counts_usage, false) as counts_usage,
        chosen_sources.precedence,
        coalesce(chosen_sources.reason, 'bought credit: its use is counted instead') as reason
    from costs
    left join chosen_sources on costs.is_credit_purchase is not true and {{ same_statement('costs', 'chosen_sources') }}
    where costs.is_credit_purchase or chosen_sources.cost_date is not null

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
        {{ amount('sum(cost_amount)') }} as cost_amount,
        sum(requests)::bigint as requests,
        sum(total_tokens)::bigint as total_tokens,
        is_credit_purchase,
        is_chosen,
        counts_usage,
        precedence,
        reason,
        max(observed_at) as observed_at
    from candidate_rows
    group by all

)

select * from final
