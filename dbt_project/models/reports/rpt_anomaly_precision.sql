with anomalies as (

    select * from {{ ref('stg_forecasts__anomalies') }}

),

anomaly_verdicts as (

    select
        kind,
        verdict
    from anomalies
    union all
    select
        'all' as kind,
        verdict
    from anomalies

),

verdict_counts as (

    select
        kind,
        count(*)::integer as events,
        count(*) filter (verdict = 'confirmed')::integer as confirmed,
        count(*) filter (verdict = 'expected')::integer as expected,
        count(*) filter (verdict = 'dismissed')::integer as dismissed
    from anomaly_verdicts
    group by kind

),

final as (

    select
        kind,
        events,
        confirmed,
        expected,
        dismissed,
        ((confirmed + expected) / nullif(confirmed + expected + dismissed, 0))::double as precision_ratio
    from verdict_counts

)

select * from final
