with costs as (

    select * from {{ ref('fct_costs') }}

),

borne as (

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
accounts as (

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
by_span as (

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
        coalesce(sources.is_compared, accounts.is_compared, false) as is_compared,
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
    left join accounts
        on
            days.comparison = accounts.comparison
            and days.month = accounts.month
            and costs.provider = accounts.provider
            and costs.account_name = accounts.account_name
            and costs.cost_kind = accounts.cost_kind
    group by all

),

split as (

    select
        *,
        unnest(['total', 'provider', 'account', 'model', 'project', 'source_kind']) as dimension,
        unnest(['total', provider, account_name, model_id, project, source_kind]) as dimension_value
    from by_span

),

-- Tokens that a bill charges for stand in rows without a currency: it is that of the bill, where it names their model.
charged as (

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
    from split

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
    from charged
    where dimension = 'total' and is_compared
    group by all

),

borne_by_span as (

    select
        days.comparison,
        days.month,
        days.days_compared,
        days.side,
        borne.cost_center,
        borne.provider,
        borne.account_name,
        borne.model_id,
        borne.cost_kind,
        borne.currency,
        coalesce(sources.is_compared, false) as is_compared,
        sum(borne.cost_amount) as amount,
        (abs(sum(borne.cost_amount)) * 1000000000000)::hugeint as units
    from borne
    inner join days on borne.cost_date = days.cost_date
    left join sources
        on
            days.comparison = sources.comparison
            and days.month = sources.month
            and borne.provider = sources.provider
            and borne.account_name = sources.account_name
            and borne.source_kind = sources.source_kind
            and borne.cost_kind = sources.cost_kind
            and borne.currency = sources.currency
    where exists (select 1 from rules)
    group by all

),

-- A cost centre has the tokens of an account's model in the proportion in which it bears its amount.
centers as (

    select
        borne_by_span.comparison,
        borne_by_span.month,
        borne_by_span.days_compared,
        borne_by_span.side,
        'cost_center' as dimension,
        borne_by_span.cost_center as dimension_value,
        borne_by_span.provider,
        borne_by_span.account_name,
        borne_by_span.model_id,
        borne_by_span.cost_kind,
        borne_by_span.is_compared,
        borne_by_span.amount,
        borne_by_span.amount as usage_amount,
        account_tokens.tokens * borne_by_span.units // nullif(sum(borne_by_span.units) over (
            partition by
                borne_by_span.comparison,
                borne_by_span.month,
                borne_by_span.side,
                borne_by_span.provider,
                borne_by_span.account_name,
                borne_by_span.model_id,
                borne_by_span.cost_kind,
                borne_by_span.currency,
                borne_by_span.is_compared
        ), 0) as tokens,
        borne_by_span.currency
    from borne_by_span
    left join account_tokens
        on
            borne_by_span.is_compared
            and borne_by_span.comparison = account_tokens.comparison
            and borne_by_span.month = account_tokens.month
            and borne_by_span.side = account_tokens.side
            and borne_by_span.provider = account_tokens.provider
            and borne_by_span.account_name = account_tokens.account_name
            and borne_by_span.model_id is not distinct from account_tokens.model_id
            and borne_by_span.cost_kind = account_tokens.cost_kind
            and borne_by_span.currency = account_tokens.currency

),

unioned as (

    select * from charged
    union all by name
    select * from centers

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
    from unioned
    group by all
    having
        sum(amount) filter (side = 'current') is not null
        or sum(amount) filter (is_compared) is not null

)

select * from final
