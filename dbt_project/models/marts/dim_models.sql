with costs as (

    select * from {{ ref('fct_costs') }}
    where model_id is not null

),

known as (

    select
        provider,
        model_id,
        min(vendor) as vendor,
        min(family) as family,
        min(model_name) as model_name,
        count(*) as spellings
    from {{ ref('int_models_resolved') }}
    group by
        provider,
        model_id

),

unpriced as (

    select
        models.provider,
        models.model_id,
        string_agg(distinct uses.reason, '; ' order by uses.reason) as reasons
    from {{ ref('stg_landing__unpriced_uses') }} as uses -- noqa: AL05
    inner join {{ ref('int_models_resolved') }} as models -- noqa: AL05
        on
            uses.provider = models.provider
            and uses.model_raw = models.model_raw
    group by
        models.provider,
        models.model_id

),

seen as (

    select
        provider,
        model_id,
        min(cost_date) as first_seen,
        max(cost_date) as last_seen,
        bool_or(price_status = 'unpriced') as has_unpriced,
        bool_or(price_status = 'priced') as has_priced,
        bool_or(price_status = 'reported') as has_reported
    from costs
    group by
        provider,
        model_id

),

final as (

    select
        seen.model_id,
        seen.provider,
        known.vendor,
        known.family,
        known.model_name,
        known.spellings,
        seen.first_seen,
        seen.last_seen,
        case
            when seen.has_unpriced and (seen.has_priced or seen.has_reported) then 'partly'
            when seen.has_unpriced then 'unpriced'
            when seen.has_priced then 'priced'
            when seen.has_reported then 'reported'
            else 'billed'
        end as price_status,
        case when seen.has_unpriced then unpriced.reasons end as unpriced_reasons
    from seen
    left join known
        on
            seen.provider = known.provider
            and seen.model_id = known.model_id
    left join unpriced
        on
            seen.provider = unpriced.provider
            and seen.model_id = unpriced.model_id

)

select * from final
