with cost_days as (

    select * from {{ ref('int_usage_days') }}

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

-- How many of the 90 days up to the last cost had one: files that report few days have no pauses to speak of.
file_regularity as (

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

final as (

    select
        streams.*,
        file_regularity.is_regular
    from streams
    inner join file_regularity
        on
            streams.provider is not distinct from file_regularity.provider
            and streams.account_name is not distinct from file_regularity.account_name
            and streams.cost_kind = file_regularity.cost_kind
            and streams.machine = file_regularity.machine

)

select * from final
