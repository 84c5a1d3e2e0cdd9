with cost_days as (

    select * from {{ ref('int_usage_days') }}

),

streams as (

    select * from {{ ref('int_usage_streams') }}

),

covered_days as (

    select * from {{ ref('int_covered_days') }}

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

-- A file that has usage of a day was written after it, for all who are in it.
file_days as (

    select distinct
        feed,
        cost_date
    from cost_days
    where source_kind = 'manual' and is_of_this_day

),

final as (

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

)

select * from final
