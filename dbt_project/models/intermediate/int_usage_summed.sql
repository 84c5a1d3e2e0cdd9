with usage as (

    select * from {{ ref('int_usage_priced') }}
    where sum_grain = 'day'

),

final as (

    select
        usage_date,
        local_date,
        day_basis,
        {{ listed(attribution_columns()) }},
        sum(requests)::bigint as requests,
        {{ meter_columns('sum({meter})::{type} as {meter}') }},
        {{ amount('sum(quantity)') }} as quantity,
        {{ amount('sum(list_cost_amount)') }} as list_cost_amount,
        {{ amount('sum(list_cache_amount)') }} as list_cache_amount,
        {{ amount('sum(list_search_amount)') }} as list_search_amount,
        currency,
        price_status,
        price_version,
        price_basis,
        is_restated,
        max(observed_at) as observed_at
    from usage
    group by all

)

select * from final
