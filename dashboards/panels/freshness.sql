-- One row per feed of a source: how far its data reaches and how its last sync went. What has trouble comes first, then
-- what has something to say.
select
    source_kind,
    source,
    feed,
    first_day,
    last_day,
    days_with_data,
    row_count,
    last_attempt_at,
    last_success_at,
    status,
    message,
    findings
from rpt_source_freshness
order by
    status in ('failed', 'refused') desc,
    status = 'late' desc,
    status = 'incomplete' desc,
    message is not null desc,
    source_kind asc,
    source asc,
    feed asc
