-- One row per unusual day and series in the reporting currency. Where a provider explains a day, the total of that
-- day is left out: it is the same money.
with
anomalies as (
    select anomaly.*
    from rpt_anomalies as anomaly
    where anomaly.currency = (select build.currency from rpt_build as build)
)

select
    anomalies.cost_kind,
    anomalies.series_kind,
    anomalies.series,
    anomalies.anomaly_date,
    anomalies.direction,
    anomalies.actual_amount,
    anomalies.expected_amount,
    anomalies.ratio,
    anomalies.confidence,
    anomalies.top_contributor,
    anomalies.explanation
from anomalies
where
    anomalies.series_kind <> 'total'
    or not exists (
        select 1
        from anomalies as closer
        where
            closer.series_kind <> 'total'
            and closer.cost_kind = anomalies.cost_kind
            and closer.anomaly_date = anomalies.anomaly_date
            and closer.direction = anomalies.direction
    )
order by anomalies.cost_kind asc, anomalies.anomaly_date desc, abs(anomalies.excess_amount) desc, anomalies.series
