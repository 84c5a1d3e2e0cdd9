{{ config(materialized='view') }}

with sums as (

    select * from {{ ref('int_usage_sums') }}

),

prices as (

    select * from {{ ref('int_unit_prices') }}

),

usage_amounts as (

    select
        sums.*,
        coalesce(prices.price_basis, 'as_billed') as price_basis,
        -- A counted meter without a price makes the amount null: a partial amount would look complete. So does usage
        -- of which nothing is counted, and use without any price in effect.
        prices.currency is not null and sums.counted_meters & ~prices.priced_meters = 0 as is_priced,
        prices.currency as list_currency,
        prices.price_version as list_version,
        {{ meter_costs('sums', 'prices') }} as whole_amount,
        {{ meter_costs('sums', 'prices', 'is_cache') }} as cache_amount,
        {{ meter_costs('sums', 'prices', 'is_tool') }} as search_amount
    from sums
    left join prices on sums.price_span_id = prices.price_span_id

),

final as (

    select
        * exclude (is_priced, list_currency, list_version, whole_amount, cache_amount, search_amount),
        case when is_priced then list_currency end as currency,
        case when is_priced then 'priced' else 'unpriced' end as price_status,
        case when is_priced then list_version end as price_version,
        case when is_priced then {{ amount('whole_amount') }} end as list_cost_amount,
        case when is_priced then {{ amount('cache_amount') }} end as list_cache_amount,
        case when is_priced then {{ amount('search_amount') }} end as list_search_amount
    from usage_amounts

)

select * from final
