with build as (

    select * from {{ source('landing', 'build') }}

),

final as (

    select
        build_id,
        as_of,
        as_of::date as as_of_day,
        {{ month_of('as_of') }} as as_of_month,
        currency,
        is_sample,
        organisation,
        app_version,
        project_digest,
        coalesce(timezone, 'UTC') as timezone,
        coalesce(tolerance_percent, 1) as tolerance_percent,
        restate_prices_at
    from build

)

select * from final
