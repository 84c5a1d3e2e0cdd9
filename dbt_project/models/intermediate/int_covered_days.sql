with partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

feeds as (

    select * from {{ ref('stg_landing__feeds') }}

),

sources as (

    select * from {{ ref('stg_landing__sources') }}

),

-- A day that was read before it was over is not delivered. An interface is asked again for its last days.
final as (

    select
        sources.provider,
        partitions.account_name,
        partitions.source_kind,
        partitions.source,
        partitions.feed,
        partitions.partition_day,
        feeds.feed is not null as is_read,
        greatest(
            partitions.observed_at, case when partitions.source_kind = 'api' then feeds.last_success_at end
        )::timestamp >= partitions.partition_day + interval 1 day as is_over,
        feeds.last_success_at
    from partitions
    inner join sources
        on
            partitions.source_kind = sources.source_kind
            and partitions.source = sources.source
            and sources.precedence > 0
    left join feeds
        on
            partitions.source_kind = feeds.source_kind
            and partitions.source = feeds.source
            and partitions.feed = feeds.feed

)

select * from final
