with costs as (

    select * from {{ ref('int_cost_center_costs') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

summed as (

    select
        date_trunc('month', cost_date)::date as month,
        cost_center,
        provider,
        account_name,
        project,
        cost_kind,
        currency,
        sum(cost_amount) as cost_amount,
        coalesce(sum(cost_amount) filter (is_shared), 0) as shared_amount
    from costs
    group by all

),

final as (

    select
        summed.month,
        summed.cost_center,
        summed.provider,
        summed.account_name,
        summed.project,
        summed.cost_kind,
        summed.currency,
        summed.cost_amount::decimal(38, 12) as cost_amount,
        summed.shared_amount::decimal(38, 12) as shared_amount,
        summed.cost_amount::double
        / nullif(sum(summed.cost_amount) over (partition by summed.month, summed.cost_kind, summed.currency), 0)::double
            as share_of_month,
        summed.month + interval 1 month > build.as_of_day as is_provisional,
        build.is_sample
    from summed
    cross join build

)

select * from final
