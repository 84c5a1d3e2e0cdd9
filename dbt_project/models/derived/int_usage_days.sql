with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null and charge_category = 'Usage'

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- Each machine delivers its logs; whatever else there is of an account completes one another, day by day.
final as (

    select
        costs.provider,
        costs.account_name,
        costs.cost_kind,
        case when costs.source_kind = 'local' then costs.feed else '' end as machine,
        costs.source_kind,
        costs.feed,
        costs.cost_date,
        -- What is spread over days shows nothing of each.
        bool_or(costs.is_spread is not true) as is_of_this_day
    from costs
    cross join build
    where costs.cost_date < build.as_of_day
    group by all

)

select * from final
