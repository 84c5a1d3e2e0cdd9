with partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

feeds as (

    select * from {{ ref('stg_landing__feeds') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

feed_days as (

    select
        source_kind,
        source,
        feed,
        min(partition_day) as first_day,
        max(partition_day) as last_day,
        count(*) filter (row_count > 0) as days_with_data,
        sum(row_count) as row_count,
        max(observed_at) as observed_at
    from partitions
    group by
        source_kind,
        source,
        feed

),

-- A feed that landed before outcomes were stored, or came from another machine, has no outcome.
feeds_read as (

    select
        coalesce(feed_days.source_kind, feeds.source_kind) as source_kind,
        coalesce(feed_days.source, feeds.source) as source,
        coalesce(feed_days.feed, feeds.feed) as feed,
        feed_days.first_day,
        feed_days.last_day,
        coalesce(feed_days.days_with_data, 0)::integer as days_with_data,
        coalesce(feed_days.row_count, 0)::bigint as row_count,
        coalesce(feeds.last_attempt_at, feed_days.observed_at) as last_attempt_at,
        coalesce(feeds.last_success_at, feed_days.observed_at) as last_success_at,
        feeds.outcome,
        feeds.message,
        coalesce(feeds.rejected_lines, 0)::bigint as rejected_lines,
        coalesce(feeds.findings, [])::varchar[] as findings,
        feeds.expected_every_hours
    from feed_days
    full outer join feeds
        on
            feed_days.source_kind = feeds.source_kind
            and feed_days.source = feeds.source
            and feed_days.feed = feeds.feed

),

final as (

    select
        feeds_read.source_kind,
        feeds_read.source,
        feeds_read.feed,
        feeds_read.first_day,
        feeds_read.last_day,
        feeds_read.days_with_data,
        feeds_read.row_count,
        feeds_read.last_attempt_at,
        feeds_read.last_success_at,
        case
            when feeds_read.outcome = 'refused' then 'refused'
            when feeds_read.outcome = 'failed' then 'failed'
            -- Its place is gone, which fails nothing: landed data stays in effect, and gets no younger.
            when feeds_read.outcome = 'missing' then 'late'
            when
                feeds_read.last_success_at
                < build.as_of - {{ var('missed_reads_until_late') }} * feeds_read.expected_every_hours * interval 1 hour
                then 'late'
            when len(feeds_read.findings) > 0 then 'incomplete'
            else 'current'
        end as status,
        feeds_read.message,
        feeds_read.rejected_lines,
        feeds_read.findings,
        feeds_read.expected_every_hours
    from feeds_read
    cross join build

)

select * from final
