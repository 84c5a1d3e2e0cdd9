with partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

feeds as (

    select * from {{ ref('stg_landing__feeds') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

covered as (

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

-- A feed that landed before outcomes were kept, or came from another machine, has no outcome of its own.
joined as (

    select
        coalesce(covered.source_kind, feeds.source_kind) as source_kind,
        coalesce(covered.source, feeds.source) as source,
        coalesce(covered.feed, feeds.feed) as feed,
        covered.first_day,
        covered.last_day,
        coalesce(covered.days_with_data, 0)::integer as days_with_data,
        coalesce(covered.row_count, 0)::bigint as row_count,
        coalesce(feeds.last_attempt_at, covered.observed_at) as last_attempt_at,
        coalesce(feeds.last_success_at, covered.observed_at) as last_success_at,
        feeds.outcome,
        feeds.message,
        coalesce(feeds.rejected_lines, 0)::bigint as rejected_lines,
        coalesce(feeds.findings, [])::varchar[] as findings,
        feeds.expected_every_hours
    from covered
    full outer join feeds
        on
            covered.source_kind = feeds.source_kind
            and covered.source = feeds.source
            and covered.feed = feeds.feed

),

final as (

    select
        joined.source_kind,
        joined.source,
        joined.feed,
        joined.first_day,
        joined.last_day,
        joined.days_with_data,
        joined.row_count,
        joined.last_attempt_at,
        joined.last_success_at,
        case
            when joined.outcome = 'refused' then 'refused'
            when joined.outcome = 'failed' then 'failed'
            -- Its place is gone, which fails nothing: what was landed stays in force, and gets no younger.
            when joined.outcome = 'missing' then 'late'
            when joined.last_success_at < build.as_of - 2 * joined.expected_every_hours * interval 1 hour then 'late'
            when len(joined.findings) > 0 then 'incomplete'
            else 'current'
        end as status,
        joined.message,
        joined.rejected_lines,
        joined.findings,
        joined.expected_every_hours
    from joined
    cross join build

)

select * from final
