with costs as (

    select * from {{ ref('int_costs_unioned') }}
    where is_credit_purchase is not true

),

chosen as (

    select * from {{ ref('int_sources_chosen') }}
    where is_chosen or counts_usage

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- The best source of money and the best source of use may be two: a cost report has no tokens. Then the money is
-- in rows of the one and the tokens in rows of the other, each once.
counted as (

    select
        {{ listed(cost_columns(), 'costs') }},
        costs.record_key,
        costs.observed_at,
        costs.quantity,
        case when chosen.is_chosen then costs.cost_amount end as cost_amount,
        case when chosen.is_chosen then costs.list_cost_amount end as list_cost_amount,
        case when chosen.is_chosen then costs.currency end as currency,
        case when chosen.is_chosen then costs.cost_basis else 'billed' end as cost_basis,
        case when chosen.is_chosen then costs.price_status else 'billed' end as price_status,
        case when chosen.is_chosen then costs.price_version end as price_version,
        case when chosen.counts_usage then costs.requests else 0 end as requests,
        {{ meter_columns('case when chosen.counts_usage then costs.{meter} else 0 end as {meter}', 'is_token') }},
        chosen.awaits_bill,
        chosen.reason
    from costs
    inner join chosen on {{ same_statement('costs', 'chosen') }}
    where chosen.counts_usage or costs.cost_amount is not null

),

summed as (

    select
        {{ listed(cost_columns()) }},
        record_key,
        {{ amount('sum(cost_amount)') }} as cost_amount,
        {{ amount('sum(list_cost_amount)') }} as list_cost_amount,
        currency,
        cost_basis,
        price_status,
        price_version,
        reason,
        sum(requests)::bigint as requests,
        {{ meter_columns('sum({meter})::bigint as {meter}', 'is_token') }},
        {{ amount('sum(quantity)') }} as quantity,
        awaits_bill,
        max(observed_at) as observed_at
    from counted
    group by all

),

final as (

    select
        -- Why a source was chosen, and whether its bill is awaited, follows from the day, account and source.
        {{ key_of(
            cost_columns(), 'summed', ['record_key', 'currency', 'cost_basis', 'price_status', 'price_version']
        ) }} as cost_id,
        {{ listed(cost_columns(), 'summed') }},
        summed.cost_amount,
        summed.list_cost_amount,
        summed.currency,
        summed.cost_basis,
        summed.price_status,
        summed.price_version,
        summed.reason,
        summed.requests,
        {{ contract_meters('summed.{meter}') }},
        {{ meter_total('is_token', 'summed') }}::bigint as total_tokens,
        summed.quantity,
        summed.cost_date >= build.as_of_day or coalesce(summed.awaits_bill, false) as is_provisional,
        build.is_sample,
        summed.observed_at
    from summed
    cross join build
    -- As exports have it, which then need not sort.
    order by
        summed.cost_date,
        summed.source_kind,
        summed.provider,
        cost_id

)

select * from final
