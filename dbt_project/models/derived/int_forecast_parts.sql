with allocations as (

    select * from {{ ref('fct_cost_allocations') }}

),

center_costs as (

    select * from {{ ref('int_cost_center_costs') }}

),

forecast_costs as (

    select * from {{ ref('int_forecast_costs') }}

),

budget_scopes as (

    select * from {{ ref('stg_landing__budget_scopes') }}

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

key_costs as (

    {{ in_reporting_currency('allocations') }}

),

kinds as (

    select unnest(['account', 'project', 'cost_center', 'model']) as series_kind

),

-- The views that budgets and cost centres have of costs: bills spread over what was used.
views as (

    select
        center_costs.cost_date,
        center_costs.provider,
        center_costs.account_name,
        center_costs.source_kind,
        center_costs.cost_kind,
        center_costs.billing_currency,
        center_costs.currency,
        kinds.series_kind,
        case kinds.series_kind
            when 'account' then center_costs.account_name
            when 'project' then coalesce(center_costs.project_name, center_costs.project)
            when 'cost_center' then center_costs.cost_center
            when 'model' then center_costs.model_id
        end as series,
        center_costs.cost_amount
    from center_costs
    cross join kinds
    union all
    select
        cost_date,
        provider,
        account_name,
        source_kind,
        cost_kind,
        billing_currency,
        currency,
        'api_key' as series_kind,
        coalesce(api_key_name, api_key_id) as series,
        cost_amount
    from key_costs

),

-- Of what a source says of an account and day, the part that is charged for use.
usage_shares as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        cost_kind,
        currency,
        coalesce(
            sum(cost_amount * price_factor) filter (charge_category = 'Usage' and not is_spread), 0
        )::double / sum(cost_amount)::double as usage_share
    from forecast_costs
    group by all
    having sum(cost_amount) > 0

),

ranked_series as (

    select
        views.series_kind,
        views.series,
        views.cost_kind,
        views.currency,
        row_number() over (
            partition by views.series_kind, views.cost_kind, views.currency
            order by sum(views.cost_amount) desc, views.series asc
        ) as place
    from views
    cross join build
    where
        views.series is not null
        and views.cost_date < build.as_of_day
        and build.as_of_day - {{ var('days_of_the_largest_parts') }} <= views.cost_date
    group by
        views.series_kind,
        views.series,
        views.cost_kind,
        views.currency

),

-- What a budget is of has a forecast of its own, however small it is.
named_series as (

    select
        series_kind,
        series,
        cost_kind,
        currency
    from ranked_series
    where
        place <= {{ var('most_parts_of_a_kind') }}
        or (series_kind, series) in (select (budget_scopes.dimension, budget_scopes.value) from budget_scopes)

),

final as (

    select
        views.cost_date,
        views.provider,
        views.series_kind,
        coalesce(named_series.series, '{{ var("name_of_other_parts") }}') as series,
        views.cost_kind,
        views.currency,
        sum(views.cost_amount)::double as cost_amount,
        -- Summed as decimals, so that the order of rows changes nothing.
        sum({{ amount('views.cost_amount * coalesce(usage_shares.usage_share, 0)') }})::double as usage_amount
    from views
    left join usage_shares
        on
            views.cost_date = usage_shares.cost_date
            and views.provider is not distinct from usage_shares.provider
            and views.account_name is not distinct from usage_shares.account_name
            and views.source_kind = usage_shares.source_kind
            and views.cost_kind = usage_shares.cost_kind
            and views.billing_currency = usage_shares.currency
    left join named_series
        on
            views.series_kind = named_series.series_kind
            and views.series = named_series.series
            and views.cost_kind = named_series.cost_kind
            and views.currency = named_series.currency
    where views.cost_amount is not null
    group by all

)

select * from final
