with models as (

    select * from {{ ref('int_models_resolved') }}

),

records as (

    select
        provider,
        model_raw,
        min(usage_date) as first_seen,
        max(usage_date) as last_seen
    from {{ ref('stg_landing__usage_records') }}
    where model_raw is not null
    group by
        provider,
        model_raw

),

final as (

    select
        models.model_raw,
        models.provider,
        models.model_id,
        models.vendor,
        models.family,
        models.model_name,
        models.model_version,
        models.is_known,
        records.first_seen,
        records.last_seen
    from models
    inner join records
        on
            models.provider = records.provider
            and models.model_raw = records.model_raw

)

select * from final
