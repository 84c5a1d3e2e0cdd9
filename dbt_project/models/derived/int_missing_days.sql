with streams as (

    select * from {{ ref('int_usage_streams') }}

),

delivered_days as (

    select * from {{ ref('int_delivered_days') }}

),

covered_days as (

    select * from {{ ref('int_covered_days') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

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

classified_pauses as (

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
            when streams.has_files then streams.is_regular and pauses.day_count > usual_pauses.day_count
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
    from classified_pauses
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
