with anomalies as (

    select * from {{ ref('stg_forecasts__anomalies') }}

),

kinds as (

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

counted as (

    select
        kind,
        count(*)::integer as events,
        count(*) filter (verdict = 'confirmed')::integer as confirmed,
        count(*) filter (verdict = 'expected')::integer as expected,
        count(*) filter (verdict = 'dismissed')::integer as dismissed
    from kinds
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
    from counted

)

select * from final
