with budgets as (

    select * from {{ ref('stg_landing__budgets') }}

),

scopes as (

    select
        budget,
        list(value) filter (dimension = 'provider') as providers,
        list(value) filter (dimension = 'account') as accounts,
        list(value) filter (dimension = 'model') as models,
        list(value) filter (dimension = 'project') as projects,
        list(value) filter (dimension = 'source_kind') as source_kinds,
        string_agg(replace(dimension, '_', ' ') || ' ' || value, ', ' order by dimension, value) as scope
    from {{ ref('stg_landing__budget_scopes') }}
    group by budget

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

costs as (

    select * from {{ ref('fct_costs') }}
    where cost_kind = 'spend'

),

periods as (

    select
        budgets.budget,
        budgets.period,
        budgets.amount,
        budgets.currency,
        budgets.alert_at,
        coalesce(scopes.scope, 'everything') as scope,
        scopes.providers,
        scopes.accounts,
        scopes.models,
        scopes.projects,
        scopes.source_kinds,
        build.as_of_day,
        build.as_of_month as period_start,
        (build.as_of_month + interval 1 month)::date as period_end
    from budgets
    left join scopes on budgets.budget = scopes.budget
    cross join build

),

spent as (

    select
        periods.budget,
        sum(costs.cost_amount) as spent_amount
    from periods
    inner join costs
        on
            periods.currency = costs.currency
            and periods.period_start <= costs.cost_date
            and periods.as_of_day >= costs.cost_date
            and (periods.providers is null or list_contains(periods.providers, costs.provider))
            and (periods.accounts is null or list_contains(periods.accounts, costs.account_name))
            and (periods.models is null or list_contains(periods.models, costs.model_id))
            and (periods.projects is null or list_contains(periods.projects, costs.project))
            and (periods.source_kinds is null or list_contains(periods.source_kinds, costs.source_kind))
    group by periods.budget

),

-- Unlike an unpriced cost, a budget that nothing was spent of has been spent by exactly 0.
joined as (

    select
        periods.*,
        coalesce(spent.spent_amount, 0)::decimal(38, 12) as spent_amount
    from periods
    left join spent on periods.budget = spent.budget

),

final as (

    select
        budget,
        period,
        period_start,
        period_end,
        scope,
        amount,
        currency,
        spent_amount,
        spent_amount::double / nullif(amount, 0)::double as used_ratio,
        (amount - spent_amount)::decimal(38, 12) as remaining_amount,
        alert_at,
        list_max(list_filter(alert_at, lambda level: spent_amount * 100 >= amount * level)) as level_reached
    from joined

)

select * from final
