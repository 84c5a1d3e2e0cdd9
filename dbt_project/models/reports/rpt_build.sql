with build as (

    select * from {{ ref('stg_landing__build') }}

),

costs as (

    select * from {{ ref('fct_costs') }}

),

span as (

    select
        min(costs.cost_date) as first_day,
        max(costs.cost_date) as last_day
    from costs
    inner join build on costs.cost_date <= build.as_of_day

),

final as (

    select
        build.build_id,
        build.as_of,
        build.currency,
        build.timezone,
        build.is_sample,
        build.organisation,
        build.app_version,
        span.first_day,
        span.last_day
    from build
    cross join span

)

select * from final
