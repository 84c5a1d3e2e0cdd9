with costs as (

    select * from {{ ref('fct_costs') }}

),

final as (

    select
        account_name,
        provider,
        source_kind,
        min(cost_date) as first_seen,
        max(cost_date) as last_seen
    from costs
    group by
        account_name,
        provider,
        source_kind

)

select * from final
