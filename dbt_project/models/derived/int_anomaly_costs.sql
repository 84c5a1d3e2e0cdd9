with costs as (

    select * from {{ ref('fct_costs') }}
    where cost_amount is not null

),

final as (

    select
        cost_date,
        provider,
        account_name,
        model_id,
        coalesce(project_name, project) as project,
        coalesce(api_key_name, api_key_id) as api_key,
        {{ person_of('tags') }} as person,
        cost_kind,
        currency,
        sum(cost_amount)::decimal(38, 12) as cost_amount,
        sum(total_tokens)::bigint as total_tokens
    from costs
    group by all

)

select * from final
