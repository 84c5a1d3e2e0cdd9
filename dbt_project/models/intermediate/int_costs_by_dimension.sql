with costs as (

    select * from {{ ref('rpt_daily_costs') }}
    where cost_amount is not null

),

final as (

    select
        'total' as dimension,
        'total' as dimension_value,
        cost_date,
        cost_kind,
        currency,
        cost_amount
    from costs

    union all

    select
        'provider' as dimension,
        provider as dimension_value,
        cost_date,
        cost_kind,
        currency,
        cost_amount
    from costs

    union all

    select
        'account' as dimension,
        account_name as dimension_value,
        cost_date,
        cost_kind,
        currency,
        cost_amount
    from costs

    union all

    select
        'model' as dimension,
        coalesce(model_id, '(no model)') as dimension_value,
        cost_date,
        cost_kind,
        currency,
        cost_amount
    from costs

    union all

    select
        'project' as dimension,
        coalesce(project, '(no project)') as dimension_value,
        cost_date,
        cost_kind,
        currency,
        cost_amount
    from costs

    union all

    select
        'source_kind' as dimension,
        source_kind as dimension_value,
        cost_date,
        cost_kind,
        currency,
        cost_amount
    from costs

)

select * from final
