with cells as (

    select * from {{ ref('int_reconciliation_cells') }}

),

costs as (

    select * from {{ ref('fct_costs') }}
    where
        source_kind = 'local'
        and cost_basis = 'notional'

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

periods as (

    select
        cells.*,
        unnest(['day', 'month']) as period,
        unnest([cells.cost_date, date_trunc('month', cells.cost_date)::date]) as period_start
    from cells

),

-- Where a bill names no models, its account is compared as a whole.
named as (

    select
        *,
        bool_and(
            model_id is not null
            or coalesce(billed_amount, 0) = coalesce(billed_other_amount, 0) + coalesce(not_usage_amount, 0)
        ) over (partition by period, period_start, provider, account_name, currency) as is_by_model
    from periods

),

modelled as (

    select
        *,
        case when is_by_model then model_id end as compared_model
    from named

),

compared as (

    select
        period,
        period_start,
        provider,
        account_name,
        currency,
        compared_model,
        is_comparable,
        is_recent,
        coalesce(charges_nothing, false) as charges_nothing,
        sum(estimated_amount) as estimated_amount,
        sum(billed_amount) as billed_amount,
        coalesce(sum(billed_amount), 0) - coalesce(sum(estimated_amount), 0) as difference_amount,
        coalesce(sum(not_usage_amount), 0) as not_usage_amount,
        coalesce(sum(billed_other_amount), 0) - coalesce(sum(estimated_other_amount), 0) as other_amount,
        sum(billed_cache_amount) - sum(estimated_cache_amount) as cache_amount,
        coalesce(bool_or(has_unpriced), false) as has_unpriced,
        coalesce(bool_or(has_tiers), false) as has_tiers,
        coalesce(bool_or(is_spread), false) as is_spread
    from modelled
    group by all

),

-- What is no use at all and days without the other side are set apart first; of days with both, what the bill itself
-- tells apart: meters that are no tokens, and caches.
parted as (

    select
        *,
        difference_amount - not_usage_amount as use_amount,
        case when is_comparable and not charges_nothing then other_amount else 0 end as non_token_amount,
        case
            when is_comparable and not charges_nothing and not has_unpriced then coalesce(cache_amount, 0)
            else 0
        end as cache_part
    from compared

),

-- The rest of a model's difference has one cause: the first that holds.
caused as (

    select
        *,
        use_amount - non_token_amount - cache_part as rest_amount,
        case
            when not is_comparable and is_recent then 'timing'
            when not is_comparable then 'missing_days'
            when charges_nothing then 'not_charged'
            when has_unpriced then 'unpriced'
            when has_tiers then 'tier'
            when abs(use_amount - non_token_amount - cache_part) <= 0.01 then 'rounding'
            when is_spread and period = 'day' then 'timing'
            else 'unexplained'
        end as cause
    from parted

),

notional as (

    select
        unnest(['day', 'month']) as period,
        unnest([cost_date, date_trunc('month', cost_date)::date]) as period_start,
        provider,
        currency,
        cost_amount
    from costs

),

notional_summed as (

    select
        period,
        period_start,
        provider,
        currency,
        sum(cost_amount) as notional_amount
    from notional
    group by all

),

summed as (

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
        sum(cache_part) as cache_amount,
        coalesce(sum(rest_amount) filter (cause = 'missing_days'), 0) as missing_days_amount,
        coalesce(sum(rest_amount) filter (cause = 'not_charged'), 0) as not_charged_amount,
        coalesce(sum(rest_amount) filter (cause = 'timing'), 0) as timing_amount,
        coalesce(sum(rest_amount) filter (cause = 'unpriced'), 0) as unpriced_amount,
        coalesce(sum(rest_amount) filter (cause = 'tier'), 0) as tier_amount,
        coalesce(sum(rest_amount) filter (cause = 'rounding'), 0) as rounding_amount,
        coalesce(sum(rest_amount) filter (cause = 'unexplained'), 0) as unexplained_amount
    from caused
    group by all

),

rated as (

    select
        coalesce(summed.period, notional_summed.period) as period,
        coalesce(summed.period_start, notional_summed.period_start) as period_start,
        coalesce(summed.provider, notional_summed.provider) as provider,
        coalesce(summed.currency, notional_summed.currency) as currency,
        notional_summed.notional_amount,
        summed.* exclude (period, period_start, provider, currency),
        (summed.difference_amount - summed.not_usage_amount)::double
        / nullif(summed.billed_amount - summed.not_usage_amount, 0)::double as difference_ratio
    from summed
    full outer join notional_summed
        on
            summed.period = notional_summed.period
            and summed.period_start = notional_summed.period_start
            and summed.provider = notional_summed.provider
            and summed.currency = notional_summed.currency

),

trended as (

    select
        *,
        lag(difference_ratio) over (
            partition by period, provider, currency
            order by period_start
        ) as previous_ratio
    from rated

),

final as (

    select
        trended.period,
        trended.period_start,
        trended.provider,
        trended.currency,
        trended.estimated_amount::decimal(38, 12) as estimated_amount,
        trended.billed_amount::decimal(38, 12) as billed_amount,
        trended.notional_amount::decimal(38, 12) as notional_amount,
        coalesce(trended.difference_amount, 0)::decimal(38, 12) as difference_amount,
        coalesce(trended.not_usage_amount, 0)::decimal(38, 12) as not_usage_amount,
        coalesce(trended.non_token_amount, 0)::decimal(38, 12) as non_token_amount,
        coalesce(trended.missing_days_amount, 0)::decimal(38, 12) as missing_days_amount,
        coalesce(trended.not_charged_amount, 0)::decimal(38, 12) as not_charged_amount,
        coalesce(trended.timing_amount, 0)::decimal(38, 12) as timing_amount,
        coalesce(trended.unpriced_amount, 0)::decimal(38, 12) as unpriced_amount,
        coalesce(trended.tier_amount, 0)::decimal(38, 12) as tier_amount,
        coalesce(trended.cache_amount, 0)::decimal(38, 12) as cache_amount,
        coalesce(trended.rounding_amount, 0)::decimal(38, 12) as rounding_amount,
        coalesce(trended.unexplained_amount, 0)::decimal(38, 12) as unexplained_amount,
        trended.difference_ratio,
        trended.previous_ratio,
        case
            when trended.difference_ratio is null or trended.previous_ratio is null then null
            when abs(trended.difference_ratio) < abs(trended.previous_ratio) then 'closer'
            when abs(trended.difference_ratio) > abs(trended.previous_ratio) then 'further'
            else 'same'
        end as trend,
        build.tolerance_percent::decimal(38, 12) as tolerance_percent,
        case
            when trended.estimated_amount is null and trended.billed_amount is null then 'nothing_to_compare'
            when trended.estimated_amount is null then 'no_estimate'
            when trended.billed_amount is null then 'not_billed'
            when
                abs(trended.difference_amount - trended.not_usage_amount) * 100
                <= abs(trended.billed_amount - trended.not_usage_amount) * build.tolerance_percent
                then 'within'
            when
                abs(trended.unexplained_amount) * 100
                <= abs(trended.billed_amount - trended.not_usage_amount) * build.tolerance_percent
                then 'explained'
            else 'outside'
        end as verdict,
        case
            when trended.period = 'month' then trended.period_start + interval 1 month > build.as_of_day
            else trended.period_start >= build.as_of_day
        end as is_provisional
    from trended
    cross join build

)

select * from final
