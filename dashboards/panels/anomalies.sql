-- One row per anomaly event, in the currency that is billed, with the first contributor of each dimension; those that
-- are worth most first by day, then small ones.
with
contributors as (
    select
        event_id,
        list(
            { 'dimension': dimension, 'dimension_value': dimension_value, 'share': share } order by
                list_position(['provider', 'model_id', 'project', 'api_key', 'person'], dimension)
        ) as contributors,
        any_value(dimension_value) filter (dimension = 'provider') as provider
    from rpt_anomaly_contributors
    where rank = 1
    group by event_id
),

precisions as (
    select
        precision_ratio,
        confirmed + expected + dismissed as judged
    from rpt_anomaly_precision
    where kind = 'all'
)

select
    anomaly.*,
    coalesce(contributors.contributors, []) as contributors,
    case when anomaly.series_kind = 'provider' then anomaly.series else contributors.provider end as provider,
    precisions.precision_ratio,
    precisions.judged
from rpt_anomalies as anomaly
left join contributors on anomaly.event_id = contributors.event_id
left join precisions on true
order by
    anomaly.cost_kind asc,
    anomaly.severity = 'low' or coalesce(anomaly.verdict, '') in ('dismissed', 'expected') asc,
    anomaly.start_date desc,
    abs(anomaly.excess_amount) desc nulls last,
    anomaly.event_id asc
