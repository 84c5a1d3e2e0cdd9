with budgets as (

    select * from {{ source('landing', 'budgets') }}

),

scopes as (

    select
        budget,
        list(value order by value) filter (dimension = 'provider') as providers,
        list(value order by value) filter (dimension = 'account') as accounts,
        list(value order by value) filter (dimension = 'model') as models,
        list(value order by value) filter (dimension = 'project') as projects,
        list(value order by value) filter (dimension = 'source_kind') as source_kinds,
        string_agg(dimension || ' ' || value, ', ' order by dimension, value) as scope
    from {{ source('landing', 'budget_scopes') }}
    group by budget

),

joined as (

    select
        budgets.budget,
        budgets.amount,
        budgets.currency,
        budgets.period,
        budgets.alert_at,
        scopes.providers,
        scopes.accounts,
        scopes.models,
        scopes.projects,
        scopes.source_kinds,
        coalesce(scopes.scope, 'everything') as scope
    from budgets
    left join scopes on budgets.budget = scopes.budget

)

select * from joined
