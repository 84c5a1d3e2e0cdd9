with costs as (

    select * from {{ ref('fct_costs') }}
    where model_id is not null

),

prices as (

    select
        provider,
        model_id,
        any_value(vendor) as vendor,
        any_value(family) as family
    from {{ ref('stg_landing__unit_prices') }}
    group by
        provider,
        model_id

),

summed as (

    select
        provider,
        model_id,
        min(cost_date) as first_seen,
        max(cost_date) as last_seen,
        bool_or(price_status = 'unpriced') as has_unpriced,
        bool_or(price_status <> 'unpriced') as has_priced
    from costs
    group by
        provider,
        model_id

),

final as (

    select
        summed.model_id,
        summed.provider,
        prices.vendor,
        prices.family,
        summed.first_seen,
        summed.last_seen,
        case
            when summed.has_unpriced and summed.has_priced then 'partly'
            when summed.has_unpriced then 'unpriced'
            else 'priced'
        end as price_status
    from summed
    left join prices
        on
            summed.provider = prices.provider
            and summed.model_id = prices.model_id

)

select * from final
