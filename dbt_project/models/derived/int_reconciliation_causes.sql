with cells as (

    select * from {{ ref('int_reconciliation_cells') }}

),

period_cells as (

    select
        cells.*,
        unnest(['day', 'month']) as period,
        unnest([cells.cost_date, {{ month_of('cells.cost_date') }}]) as period_start
    from cells

),

-- Where a bill names no models, its account is compared as a whole.
bills as (

    select
        period,
        period_start,
        provider,
        account_name,
        currency,
        bool_and(
            model_id is not null
            or coalesce(billed_amount, 0) = coalesce(billed_other_amount, 0) + coalesce(not_usage_amount, 0)
        ) as names_models
    from period_cells
    group by all

),

differences as (

    select
        period_cells.period,
        period_cells.period_start,
        period_cells.provider,
        period_cells.account_name,
        period_cells.currency,
        case when bills.names_models then period_cells.model_id end as model_id,
        period_cells.is_comparable,
        period_cells.is_recent,
        coalesce(period_cells.charges_nothing, false) as charges_nothing,
        sum(period_cells.estimated_amount) as estimated_amount,
        sum(period_cells.billed_amount) as billed_amount,
        coalesce(sum(period_cells.billed_amount), 0)
        - coalesce(sum(period_cells.estimated_amount), 0) as difference_amount,
        coalesce(sum(period_cells.not_usage_amount), 0) as not_usage_amount,
        coalesce(sum(period_cells.billed_other_amount), 0)
        - coalesce(sum(period_cells.estimated_other_amount), 0) as other_amount,
        sum(period_cells.billed_cache_amount) - sum(period_cells.estimated_cache_amount) as cache_amount,
        coalesce(bool_or(period_cells.has_unpriced), false) as has_unpriced,
        coalesce(bool_or(period_cells.has_tiers), false) as has_tiers,
        coalesce(bool_or(period_cells.is_spread), false) as is_spread
    from period_cells
    inner join bills
        on
            period_cells.period = bills.period
            and period_cells.period_start = bills.period_start
            and period_cells.provider = bills.provider
            and period_cells.account_name = bills.account_name
            and period_cells.currency is not distinct from bills.currency
    group by all

),

-- Charges that are not for usage, and days without the other side, come first; of days with both, what the bill itself
-- distinguishes: meters that are not tokens, and caches.
parts as (

    select
        * replace (
            case
                when is_comparable and not charges_nothing and not has_unpriced then coalesce(cache_amount, 0)
                else 0
            end as cache_amount
        ),
        case when is_comparable and not charges_nothing then other_amount else 0 end as non_token_amount
    from differences

),

remainders as (

    select
        *,
        difference_amount - not_usage_amount - non_token_amount - cache_amount as rest_amount
    from parts

),

-- The rest of a model's difference has one cause: the first that applies.
causes as (

    select
        *,
        case
            when not is_comparable and is_recent then 'timing'
            when not is_comparable then 'missing_days'
            when charges_nothing then 'not_charged'
            when has_unpriced then 'unpriced'
            when has_tiers then 'tier'
            when abs(rest_amount) <= {{ var('rounding_amount') }} then 'rounding'
            when is_spread and period = 'day' then 'timing'
            else 'unexplained'
        end as cause
    from remainders

),

final as (

    select
        period,
        period_start,
        provider,
        currency,
        sum(estimated_amount) as estimated_amount,
        sum(billed_amount) as billed_amount,
        sum(difference_amount) as difference_amount,
        sum(not_usage_amount) as not_usage_amount,
        sum(non_token_amount) as non_token_amount,
        sum(cache_amount) as cache_amount,
        coalesce(sum(rest_amount) filter (cause = 'missing_days'), 0) as missing_days_amount,
        coalesce(sum(rest_amount) filter (cause = 'not_charged'), 0) as not_charged_amount,
        coalesce(sum(rest_amount) filter (cause = 'timing'), 0) as timing_amount,
        coalesce(sum(rest_amount) filter (cause = 'unpriced'), 0) as unpriced_amount,
        coalesce(sum(rest_amount) filter (cause = 'tier'), 0) as tier_amount,
        coalesce(sum(rest_amount) filter (cause = 'rounding'), 0) as rounding_amount,
        coalesce(sum(rest_amount) filter (cause = 'unexplained'), 0) as unexplained_amount
    from causes
    group by all

)

select * from final
