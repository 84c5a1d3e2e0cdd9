with allocations as (

    select * from {{ ref('fct_cost_allocations') }}

),

cost_center_costs as (

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

series_kinds as (

    select unnest(['account', 'project', 'cost_center', 'model']) as series_kind

),

-- The views that budgets and cost centres have of costs: bills spread over what was used.
allocated_costs as (

    select
        cost_center_costs.cost_date,
        cost_center_costs.provider,
        cost_center_costs.account_name,
        cost_center_costs.source_kind,
        cost_center_costs.cost_kind,
        cost_center_costs.billing_currency,
        cost_center_costs.currency,
        series_kinds.series_kind,
        case series_kinds.series_kind
            when 'account' then cost_center_costs.account_name
            when 'project' then coalesce(cost_center_costs.project_name, cost_center_costs.project)
            when 'cost_center' then cost_center_costs.cost_center
            when 'model' then cost_center_costs.model_id
        end as series,
        cost_center_costs.cost_amount
    from cost_center_costs
    cross join series_kinds
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
        allocated_costs.series_kind,
        allocated_costs.series,
        allocated_costs.cost_kind,
        allocated_costs.currency,
        row_number() over (
            partition by allocated_costs.series_kind, allocated_costs.cost_kind, allocated_costs.currency
            order by sum(allocated_costs.cost_amount) desc, allocated_costs.series asc
        ) as place
    from allocated_costs
    cross join build
    where
        allocated_costs.series is not null
        and allocated_costs.cost_date < build.as_of_day
        and build.as_of_day - {{ var('days_of_the_largest_parts') }} <= allocated_costs.cost_date
    group by
        allocated_costs.series_kind,
        allocated_costs.series,
        allocated_costs.cost_kind,
        allocated_costs.currency

),

-- What a budget is of has a forecast of its own, however small it is.
forecast_series as (

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
        allocated_costs.cost_date,
        allocated_costs.provider,
        allocated_costs.series_kind,
        coalesce(forecast_series.series, '{{ var("name_of_other_parts") }}') as series,
        allocated_costs.cost_kind,
        allocated_costs.currency,
        sum(allocated_costs.cost_amount)::double as cost_amount,
        -- Summed as decimals, so that the order of rows changes nothing.
        sum({{ amount('allocated_costs.cost_amount * coalesce(usage_shares.usage_share, 0)') }})::double as usage_amount
    from allocated_costs
    left join usage_shares
        on
            allocated_costs.cost_date = usage_shares.cost_date
            and allocated_costs.provider is not distinct from usage_shares.provider
            and allocated_costs.account_name is not distinct from usage_shares.account_name
            and allocated_costs.source_kind = usage_shares.source_kind
            and allocated_costs.cost_kind = usage_shares.cost_kind
            and allocated_costs.billing_currency = usage_shares.currency
    left join forecast_series
        on
            allocated_costs.series_kind = forecast_series.series_kind
            and allocated_costs.series = forecast_series.series
            and allocated_costs.cost_kind = forecast_series.cost_kind
            and allocated_costs.currency = forecast_series.currency
    where allocated_costs.cost_amount is not null
    group by all

)

select * from final
