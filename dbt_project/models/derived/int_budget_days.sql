with scopes as (

    select
        budget,
        list(value) filter (dimension = 'provider') as providers,
        list(value) filter (dimension = 'account') as accounts,
        list(value) filter (dimension = 'model') as models,
        list(value) filter (dimension = 'project') as projects,
        list(value) filter (dimension = 'cost_center') as cost_centers,
        list(value) filter (dimension = 'tag') as tags,
        list(value) filter (dimension = 'source_kind') as source_kinds
    from {{ ref('stg_landing__budget_scopes') }}
    group by budget

),

budgets as (

    select * from {{ ref('stg_landing__budgets') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- The finest view of what is spent: bills spread to models and projects, everything divided between cost centres, and
-- each amount there once.
spend as (

    select
        cost_date,
        currency,
        billing_currency,
        reporting_currency,
        provider,
        account_name,
        model_id,
        project,
        project_name,
        cost_center,
        source_kind,
        {{ tag_pairs('tags') }} as tag_pairs,
        sum(cost_amount)::decimal(38, 12) as cost_amount,
        sum(billed_amount)::decimal(38, 12) as billed_amount
    from {{ ref('int_cost_center_costs') }}
    where cost_kind = 'spend'
    group by all

),

-- A budget in the reporting currency counts what is converted too; one in another currency, what is billed in it.
costs as (

    select
        cost_date,
        currency,
        provider,
        account_name,
        model_id,
        project,
        project_name,
        cost_center,
        source_kind,
        tag_pairs,
        cost_amount
    from spend
    where currency = reporting_currency
    union all
    select
        cost_date,
        billing_currency as currency,
        provider,
        account_name,
        model_id,
        project,
        project_name,
        cost_center,
        source_kind,
        tag_pairs,
        billed_amount as cost_amount
    from spend
    where billing_currency <> reporting_currency

),

final as (

    select
        budgets.budget,
        costs.cost_date,
        sum(costs.cost_amount)::decimal(38, 12) as spent_amount,
        coalesce(sum(costs.cost_amount) filter (costs.source_kind = 'manual'), 0)::decimal(38, 12) as manual_amount
    from budgets
    cross join build
    left join scopes on budgets.budget = scopes.budget
    inner join costs
        on
            budgets.currency = costs.currency
            and build.as_of_day >= costs.cost_date
            and (scopes.providers is null or list_contains(scopes.providers, costs.provider))
            and (scopes.accounts is null or list_contains(scopes.accounts, costs.account_name))
            and (scopes.models is null or list_contains(scopes.models, costs.model_id))
            and (
                scopes.projects is null
                or list_contains(scopes.projects, costs.project)
                or list_contains(scopes.projects, costs.project_name)
            )
            and (scopes.cost_centers is null or list_contains(scopes.cost_centers, costs.cost_center))
            and (scopes.tags is null or list_has_any(scopes.tags, costs.tag_pairs))
            and (scopes.source_kinds is null or list_contains(scopes.source_kinds, costs.source_kind))
    group by
        budgets.budget,
        costs.cost_date

)

select * from final
