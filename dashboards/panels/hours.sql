-- One row per weekday (1 is Monday) and hour of the reporting zone with use in the 90 days up to
-- the build, and the sources that tell the hour.
with
build as (
    select
        timezone,
        (as_of at time zone 'UTC')::date as today
    from rpt_build
),

recent_hours as (
    select
        usage.*,
        build.timezone
    from fct_hourly_usage as usage
    cross join build
    where usage.local_hour >= build.today - 89 and usage.local_hour < build.today + 2
)

select
    timezone,
    isodow(local_hour) as weekday,
    hour(local_hour) as hour,
    sum(total_tokens)::bigint as total_tokens,
    sum(requests)::bigint as requests,
    min(local_hour)::date as first_day,
    list(distinct source order by source) as sources
from recent_hours
group by all
order by weekday, hour
