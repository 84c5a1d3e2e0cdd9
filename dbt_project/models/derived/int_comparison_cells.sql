with costs as (

    select * from {{ ref('int_reporting_costs') }}

),

cost_center_costs as (

    select * from {{ ref('int_cost_center_costs') }}

),

rules as (

    select * from {{ ref('stg_landing__cost_center_rules') }}

),

days as (

    select * from {{ ref('int_comparison_days') }}

),

sources as (

    select * from {{ ref('int_comparison_sources') }}

),

-- Tokens that a bill charges for have no currency; they are compared where an amount of their account is.
account_comparisons as (

    select
        comparison,
        month,
        provider,
        account_name,
        cost_kind,
        bool_or(is_compared) as is_compared
    from sources
    group by all

),

-- Tokens without a price are paid for by no amount.
span_sums as (

    select
        days.comparison,
        days.month,
        days.days_compared,
        days.side,
        costs.provider,
        costs.account_name,
        costs.model_id,
        costs.project,
        costs.source_kind,
        costs.cost_kind,
        costs.currency,
        coalesce(sources.is_compared, account_comparisons.is_compared, false) as is_compared,
        sum(costs.cost_amount) as amount,
        sum(costs.cost_amount) filter (
            costs.charge_category = 'Usage' and coalesce(costs.entry_category, 'usage') = 'usage'
        ) as usage_amount,
        sum(costs.total_tokens) filter (costs.price_status <> 'unpriced') as tokens,
        min(costs.currency) filter (costs.price_status = 'reported') as reported_currency
    from costs
    inner join days on costs.cost_date = days.cost_date
    left join sources
        on
            days.comparison = sources.comparison
            and days.month = sources.month
            and costs.provider = sources.provider
            and costs.account_name = sources.account_name
            and costs.source_kind = sources.source_kind
            and costs.cost_kind = sources.cost_kind
            and costs.currency = sources.currency
    left join account_comparisons
        on
            days.comparison = account_comparisons.comparison
            and days.month = account_comparisons.month
            and costs.provider = account_comparisons.provider
            and costs.account_name = account_comparisons.account_name
            and costs.cost_kind = account_comparisons.cost_kind
    group by all

),

dimension_sums as (

    select
        *,
        unnest(['total', 'provider', 'account', 'model', 'project', 'source_kind']) as dimension,
        unnest(['total', provider, account_name, model_id, project, source_kind]) as dimension_value
    from span_sums

),

-- Tokens that a bill charges for are in rows without a currency: it is that of the bill, if the bill names their model.
currency_sums as (

    select
        comparison,
        month,
        days_compared,
        side,
        dimension,
        dimension_value,
        provider,
        account_name,
        model_id,
        cost_kind,
        is_compared,
        amount,
        usage_amount,
        tokens,
        coalesce(
            currency,
            min(reported_currency) over (
                partition by
                    comparison, month, side, dimension, dimension_value, provider, account_name, model_id, cost_kind
            )
        ) as currency
    from dimension_sums

),

account_tokens as (

    select
        comparison,
        month,
        side,
        provider,
        account_name,
        model_id,
        cost_kind,
        currency,
        sum(tokens)::hugeint as tokens
    from currency_sums
    where dimension = 'total' and is_compared
    group by all

),

cost_center_sums as (

    select
        days.comparison,
        days.month,
        days.days_compared,
        days.side,
        cost_center_costs.cost_center,
        cost_center_costs.provider,
        cost_center_costs.account_name,
        cost_center_costs.model_id,
        cost_center_costs.cost_kind,
        cost_center_costs.currency,
        coalesce(sources.is_compared, false) as is_compared,
        sum(cost_center_costs.cost_amount) as amount,
        {{ whole_units('abs(sum(cost_center_costs.cost_amount))') }} as units
    from cost_center_costs
    inner join days on cost_center_costs.cost_date = days.cost_date
    left join sources
        on
            days.comparison = sources.comparison
            and days.month = sources.month
            and cost_center_costs.provider = sources.provider
            and cost_center_costs.account_name = sources.account_name
            and cost_center_costs.source_kind = sources.source_kind
            and cost_center_costs.cost_kind = sources.cost_kind
            and cost_center_costs.currency = sources.currency
    where exists (select 1 from rules)
    group by all

),

-- A cost centre has the tokens of an account's model in the proportion in which it bears its amount.
cost_center_cells as (

    select
        cost_center_sums.comparison,
        cost_center_sums.month,
        cost_center_sums.days_compared,
        cost_center_sums.side,
        'cost_center' as dimension,
        cost_center_sums.cost_center as dimension_value,
        cost_center_sums.provider,
        cost_center_sums.account_name,
        cost_center_sums.model_id,
        cost_center_sums.cost_kind,
        cost_center_sums.is_compared,
        cost_center_sums.amount,
        cost_center_sums.amount as usage_amount,
        account_tokens.tokens * cost_center_sums.units // nullif(sum(cost_center_sums.units) over (
            partition by
                cost_center_sums.comparison,
                cost_center_sums.month,
                cost_center_sums.side,
                cost_center_sums.provider,
                cost_center_sums.account_name,
                cost_center_sums.model_id,
                cost_center_sums.cost_kind,
                cost_center_sums.currency,
                cost_center_sums.is_compared
        ), 0) as tokens,
        cost_center_sums.currency
    from cost_center_sums
    left join account_tokens
        on
            cost_center_sums.is_compared
            and cost_center_sums.comparison = account_tokens.comparison
            and cost_center_sums.month = account_tokens.month
            and cost_center_sums.side = account_tokens.side
            and cost_center_sums.provider = account_tokens.provider
            and cost_center_sums.account_name = account_tokens.account_name
            and cost_center_sums.model_id is not distinct from account_tokens.model_id
            and cost_center_sums.cost_kind = account_tokens.cost_kind
            and cost_center_sums.currency = account_tokens.currency

),

all_sums as (

    select * from currency_sums
    union all by name
    select * from cost_center_cells

),

final as (

    select
        comparison,
        month,
        days_compared,
        dimension,
        dimension_value,
        provider,
        model_id,
        cost_kind,
        currency,
        (sum(amount) filter (side = 'current'))::decimal(38, 12) as current_amount,
        (sum(amount) filter (side = 'current' and is_compared))::decimal(38, 12) as compared_amount,
        (sum(amount) filter (side = 'previous' and is_compared))::decimal(38, 12) as previous_amount,
        coalesce(sum(usage_amount) filter (side = 'current' and is_compared), 0)::decimal(38, 12)
            as compared_usage_amount,
        coalesce(sum(usage_amount) filter (side = 'previous' and is_compared), 0)::decimal(38, 12)
            as previous_usage_amount,
        coalesce(sum(tokens) filter (side = 'current' and is_compared), 0)::bigint as current_tokens,
        coalesce(sum(tokens) filter (side = 'previous' and is_compared), 0)::bigint as previous_tokens
    from all_sums
    group by all
    having
        sum(amount) filter (side = 'current') is not null
        or sum(amount) filter (is_compared) is not null

)

select * from final
