with costs as (

    select * from {{ ref('int_costs_unioned') }}
    where is_credit_purchase is not true

),

sources as (

    select * from {{ ref('int_sources_chosen') }}
    where is_chosen or counts_usage

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- The best source of money and the best source of use may be two: a cost report has no tokens. Then the money is
-- in rows of the one and the tokens in rows of the other, each once.
chosen_costs as (

    select
        {{ listed(cost_columns(), 'costs') }},
        costs.record_key,
        costs.observed_at,
        costs.quantity,
        case when sources.is_chosen then costs.cost_amount end as cost_amount,
        case when sources.is_chosen then costs.list_cost_amount end as list_cost_amount,
        case when sources.is_chosen then costs.currency end as currency,
        case when sources.is_chosen then costs.cost_basis else 'billed' end as cost_basis,
        case when sources.is_chosen then costs.price_status else 'billed' end as price_status,
        case when sources.is_chosen then costs.price_version end as price_version,
        case when sources.counts_usage then costs.requests else 0 end as requests,
        {{ meter_columns('case when sources.counts_usage then costs.{meter} else 0 end as {meter}', 'is_token') }},
        sources.awaits_bill,
        sources.reason
    from costs
    inner join sources on {{ same_statement('costs', 'sources') }}
    where sources.counts_usage or costs.cost_amount is not null

),

cost_sums as (

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
    from chosen_costs
    group by all

),

final as (

    select
        -- Why a source was chosen, and whether its bill is awaited, follows from the day, account and source.
        {{ key_of(
            cost_columns(), 'cost_sums', ['record_key', 'currency', 'cost_basis', 'price_status', 'price_version']
        ) }} as cost_id,
        {{ listed(cost_columns(), 'cost_sums') }},
        cost_sums.cost_amount,
        cost_sums.list_cost_amount,
        cost_sums.currency,
        cost_sums.cost_basis,
        cost_sums.price_status,
        cost_sums.price_version,
        cost_sums.reason,
        cost_sums.requests,
        {{ contract_meters('cost_sums.{meter}') }},
        {{ meter_total('is_token', 'cost_sums') }}::bigint as total_tokens,
        cost_sums.quantity,
        cost_sums.cost_date >= build.as_of_day or coalesce(cost_sums.awaits_bill, false) as is_provisional,
        build.is_sample,
        cost_sums.observed_at
    from cost_sums
    cross join build
    -- As exports have it, which then need not sort.
    order by
        cost_sums.cost_date,
        cost_sums.source_kind,
        cost_sums.provider,
        cost_id

)

select * from final
