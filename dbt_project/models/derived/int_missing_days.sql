with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null and charge_category = 'Usage'

),

partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

feeds as (

    select * from {{ ref('stg_landing__feeds') }}

),

sources as (

    select * from {{ ref('stg_landing__sources') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- Each machine delivers its logs; whatever else there is of an account completes one another, day by day.
cost_days as (

    select distinct
        costs.provider,
        costs.account_name,
        costs.cost_kind,
        case when costs.source_kind = 'local' then costs.feed else '' end as machine,
        costs.source_kind,
        costs.feed,
        costs.cost_date
    from costs
    cross join build
    where costs.cost_date < build.as_of_day

),

streams as (

    select
        provider,
        account_name,
        cost_kind,
        machine,
        bool_or(source_kind in ('import', 'manual')) as has_files,
        bool_or(source_kind = 'api') as has_api,
        min(cost_date) as first_day,
        max(cost_date) as last_cost_day
    from cost_days
    group by all

),

-- A day that was read before it was over is not delivered. An interface is asked again for its last days.
covered_days as (

    select
        sources.provider,
        partitions.account_name,
        partitions.source_kind,
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

),

accounts as (

    select
        provider,
        account_name,
        bool_or(is_read) as is_read
    from covered_days
    where source_kind = 'api'
    group by all

),

-- A machine is read as a whole, up to the day before it was last read.
machines as (

    select
        feed as machine,
        min(partition_day) as first_day,
        max(greatest(
            case when is_over then partition_day else partition_day - 1 end,
            last_success_at::date - 1
        )) as last_day
    from covered_days
    where source_kind = 'local'
    group by feed

),

-- A file that has usage of a day was written after it, for all who are in it. What is spread over days shows no such
-- thing.
file_days as (

    select distinct
        costs.feed,
        costs.cost_date
    from costs
    where costs.source_kind = 'manual' and costs.is_spread is not true

),

delivered_days as (

    select
        provider,
        account_name,
        cost_kind,
        machine,
        cost_date
    from cost_days
    union
    select
        streams.provider,
        streams.account_name,
        streams.cost_kind,
        streams.machine,
        covered_days.partition_day as cost_date
    from streams
    inner join covered_days
        on
            streams.account_name = covered_days.account_name
            and (streams.provider = covered_days.provider or covered_days.provider is null)
            and covered_days.source_kind in ('api', 'import')
            and covered_days.is_over
    where streams.machine = ''
    union
    select
        streams.provider,
        streams.account_name,
        streams.cost_kind,
        streams.machine,
        unnest(generate_series(machines.first_day, machines.last_day, interval 1 day))::date as cost_date
    from streams
    inner join machines on streams.machine = machines.machine
    union
    select
        cost_days.provider,
        cost_days.account_name,
        cost_days.cost_kind,
        cost_days.machine,
        file_days.cost_date
    from cost_days
    inner join file_days on cost_days.feed = file_days.feed
    where cost_days.source_kind = 'manual'

),

days as (

    select
        streams.provider,
        streams.account_name,
        streams.cost_kind,
        streams.machine,
        streams.cost_date,
        delivered_days.cost_date is not null as is_delivered,
        count(delivered_days.cost_date) over (
            partition by streams.provider, streams.account_name, streams.cost_kind, streams.machine
            order by streams.cost_date
        ) as delivered_before
    from (
        select
            streams.*,
            unnest(generate_series(streams.first_day, build.as_of_day - 1, interval 1 day))::date as cost_date
        from streams
        cross join build
    ) as streams
    left join delivered_days
        on
            streams.provider is not distinct from delivered_days.provider
            and streams.account_name is not distinct from delivered_days.account_name
            and streams.cost_kind = delivered_days.cost_kind
            and streams.machine = delivered_days.machine
            and streams.cost_date = delivered_days.cost_date

),

-- How many of the 90 days up to the last cost had one: files that report few days have no pauses to speak of.
regularities as (

    select
        streams.provider,
        streams.account_name,
        streams.cost_kind,
        streams.machine,
        count(distinct cost_days.cost_date) >= greatest(
            {{ var('least_days_of_a_regular_file') }},
            {{ var('least_share_of_a_regular_file') }}
            * least(
                {{ var('days_of_a_regular_file') }},
                1 + any_value(streams.last_cost_day) - any_value(streams.first_day)
            )
        ) as is_regular
    from streams
    inner join cost_days
        on
            streams.provider is not distinct from cost_days.provider
            and streams.account_name is not distinct from cost_days.account_name
            and streams.cost_kind = cost_days.cost_kind
            and streams.machine = cost_days.machine
            and streams.last_cost_day - {{ var('days_of_a_regular_file') }} < cost_days.cost_date
    group by
        streams.provider,
        streams.account_name,
        streams.cost_kind,
        streams.machine

),

pauses as (

    select
        provider,
        account_name,
        cost_kind,
        machine,
        min(cost_date) as first_day,
        max(cost_date) as last_day,
        count(*) as day_count
    from days
    where not is_delivered
    group by
        provider,
        account_name,
        cost_kind,
        machine,
        delivered_before

),

-- As long a pause as a stream had three times is nothing unusual.
usual_pauses as (

    select
        provider,
        account_name,
        cost_kind,
        machine,
        coalesce(max(day_count, 3)[3], 0) as day_count
    from pauses
    group by
        provider,
        account_name,
        cost_kind,
        machine

),

judged_pauses as (

    select
        pauses.*,
        pauses.last_day = build.as_of_day - 1 as is_late,
        case
            when
                pauses.last_day = build.as_of_day - 1
                and (
                    pauses.day_count > {{ var('days_a_delivery_may_be_late') }}
                    or streams.has_api and accounts.is_read is not true
                )
                then false
            when
                streams.has_files
                and pauses.last_day < build.as_of_day - 1
                and streams.last_cost_day - streams.first_day < {{ var('days_that_show_usual_pauses') }}
                then false
            when streams.has_files then regularities.is_regular and pauses.day_count > usual_pauses.day_count
            else true
        end as is_missing
    from pauses
    cross join build
    inner join streams
        on
            pauses.provider is not distinct from streams.provider
            and pauses.account_name is not distinct from streams.account_name
            and pauses.cost_kind = streams.cost_kind
            and pauses.machine = streams.machine
    inner join usual_pauses
        on
            pauses.provider is not distinct from usual_pauses.provider
            and pauses.account_name is not distinct from usual_pauses.account_name
            and pauses.cost_kind = usual_pauses.cost_kind
            and pauses.machine = usual_pauses.machine
    inner join regularities
        on
            pauses.provider is not distinct from regularities.provider
            and pauses.account_name is not distinct from regularities.account_name
            and pauses.cost_kind = regularities.cost_kind
            and pauses.machine = regularities.machine
    left join accounts
        on
            pauses.account_name = accounts.account_name
            and (pauses.provider = accounts.provider or accounts.provider is null)

),

missing_days as (

    select
        provider,
        account_name,
        cost_kind,
        is_late,
        unnest(generate_series(first_day, last_day, interval 1 day))::date as missing_date
    from judged_pauses
    where is_missing

),

final as (

    select
        provider,
        account_name,
        cost_kind,
        missing_date,
        bool_or(is_late) as is_late
    from missing_days
    group by all

)

select * from final
