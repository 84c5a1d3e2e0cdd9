with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null

),

partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

feeds as (

    select * from {{ ref('stg_landing__feeds') }}
    where source_kind = 'api'

),

accounts as (

    select
        source_kind,
        account_name,
        min(partition_day) as first_day,
        max(partition_day) as last_day
    from partitions
    where source_kind in ('api', 'import')
    group by all

),

-- A machine is watched as a whole: an agent that has no log there yet was not used there.
hosts as (

    select
        feed,
        min(partition_day) as first_day
    from partitions
    where source_kind = 'local'
    group by all

),

seen as (

    select
        provider,
        account_name,
        source_kind,
        feed,
        cost_kind,
        currency,
        min(cost_date) as first_day
    from costs
    group by all

),

final as (

    select
        seen.provider,
        seen.account_name,
        seen.source_kind,
        seen.cost_kind,
        seen.currency,
        least(min(seen.first_day), min(accounts.first_day), min(hosts.first_day)) as recorded_from,
        -- Days after the last one are missing only where an interface is still asked for them.
        max(accounts.last_day) filter (where feeds.feed is not null) as recorded_through
    from seen
    left join accounts
        on
            seen.source_kind = accounts.source_kind
            and seen.account_name = accounts.account_name
    left join hosts
        on
            seen.source_kind = 'local'
            and seen.feed = hosts.feed
    left join feeds
        on
            seen.source_kind = feeds.source_kind
            and seen.account_name = feeds.feed
    group by all

)

select * from final
