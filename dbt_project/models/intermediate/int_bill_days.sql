with partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

feeds as (

    select * from {{ ref('stg_landing__feeds') }}

),

bills as (

    select * from {{ ref('stg_landing__sources') }}
    where
        statement_kind = 'bill'
        and provider is not null

),

-- An interface is asked again for a day until it is final, so its last success looked at it; a file only once.
covered_days as (

    select
        partitions.partition_day as cost_date,
        bills.provider,
        partitions.account_name,
        bills.source_kind,
        bills.source,
        greatest(
            partitions.observed_at,
            case when bills.source_kind = 'api' then coalesce(feeds.last_success_at, partitions.observed_at) end
        )::timestamp >= partitions.partition_day + (1 + bills.final_after) * interval 1 day as is_final
    from partitions
    inner join bills
        on
            partitions.source_kind = bills.source_kind
            and partitions.source = bills.source
    left join feeds
        on
            partitions.source_kind = feeds.source_kind
            and partitions.source = feeds.source
            and partitions.feed = feeds.feed

),

-- An account that was renamed has feeds of both names.
final as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        bool_or(is_final) as is_final
    from covered_days
    group by all

)

select * from final
