with costs as (

    select * from {{ ref('fct_costs') }}
    where model_id is not null

),

names as (

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

reasons_by_model as (

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

cost_spans as (

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
        cost_spans.model_id,
        cost_spans.provider,
        names.vendor,
        names.family,
        names.model_name,
        names.spellings,
        cost_spans.first_seen,
        cost_spans.last_seen,
        case
            when cost_spans.has_unpriced and (cost_spans.has_priced or cost_spans.has_reported) then 'partly'
            when cost_spans.has_unpriced then 'unpriced'
            when cost_spans.has_priced then 'priced'
            when cost_spans.has_reported then 'reported'
            else 'billed'
        end as price_status,
        case when cost_spans.has_unpriced then reasons_by_model.reasons end as unpriced_reasons
    from cost_spans
    left join names
        on
            cost_spans.provider = names.provider
            and cost_spans.model_id = names.model_id
    left join reasons_by_model
        on
            cost_spans.provider = reasons_by_model.provider
            and cost_spans.model_id = reasons_by_model.model_id

)

select * from final
