with causes as (

    select * from {{ ref('int_reconciliation_causes') }}

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

period_costs as (

    select
        unnest(['day', 'month']) as period,
        unnest([cost_date, {{ month_of('cost_date') }}]) as period_start,
        provider,
        currency,
        cost_amount
    from costs

),

notional_sums as (

    select
        period,
        period_start,
        provider,
        currency,
        sum(cost_amount) as notional_amount
    from period_costs
    group by all

),

comparisons as (

    select
        coalesce(causes.period, notional_sums.period) as period,
        coalesce(causes.period_start, notional_sums.period_start) as period_start,
        coalesce(causes.provider, notional_sums.provider) as provider,
        coalesce(causes.currency, notional_sums.currency) as currency,
        notional_sums.notional_amount,
        causes.* exclude (period, period_start, provider, currency),
        causes.difference_amount - causes.not_usage_amount as use_difference_amount,
        causes.billed_amount - causes.not_usage_amount as billed_use_amount
    from causes
    full outer join notional_sums
        on
            causes.period = notional_sums.period
            and causes.period_start = notional_sums.period_start
            and causes.provider = notional_sums.provider
            and causes.currency = notional_sums.currency

),

ratios as (

    select
        *,
        use_difference_amount::double / nullif(billed_use_amount, 0)::double as difference_ratio
    from comparisons

),

previous_ratios as (

    select
        *,
        lag(difference_ratio) over (
            partition by period, provider, currency
            order by period_start
        ) as previous_ratio
    from ratios

),

final as (

    select
        previous_ratios.period,
        previous_ratios.period_start,
        previous_ratios.provider,
        previous_ratios.currency,
        previous_ratios.estimated_amount::decimal(38, 12) as estimated_amount,
        previous_ratios.billed_amount::decimal(38, 12) as billed_amount,
        previous_ratios.notional_amount::decimal(38, 12) as notional_amount,
        coalesce(previous_ratios.difference_amount, 0)::decimal(38, 12) as difference_amount,
        coalesce(previous_ratios.not_usage_amount, 0)::decimal(38, 12) as not_usage_amount,
        coalesce(previous_ratios.non_token_amount, 0)::decimal(38, 12) as non_token_amount,
        coalesce(previous_ratios.missing_days_amount, 0)::decimal(38, 12) as missing_days_amount,
        coalesce(previous_ratios.not_charged_amount, 0)::decimal(38, 12) as not_charged_amount,
        coalesce(previous_ratios.timing_amount, 0)::decimal(38, 12) as timing_amount,
        coalesce(previous_ratios.unpriced_amount, 0)::decimal(38, 12) as unpriced_amount,
        coalesce(previous_ratios.tier_amount, 0)::decimal(38, 12) as tier_amount,
        coalesce(previous_ratios.cache_amount, 0)::decimal(38, 12) as cache_amount,
        coalesce(previous_ratios.rounding_amount, 0)::decimal(38, 12) as rounding_amount,
        coalesce(previous_ratios.unexplained_amount, 0)::decimal(38, 12) as unexplained_amount,
        previous_ratios.difference_ratio,
        previous_ratios.previous_ratio,
        case
            when previous_ratios.difference_ratio is null or previous_ratios.previous_ratio is null then null
            when abs(previous_ratios.difference_ratio) < abs(previous_ratios.previous_ratio) then 'closer'
            when abs(previous_ratios.difference_ratio) > abs(previous_ratios.previous_ratio) then 'further'
            else 'same'
        end as trend,
        build.tolerance_percent::decimal(38, 12) as tolerance_percent,
        case
            when previous_ratios.estimated_amount is null and previous_ratios.billed_amount is null
                then 'nothing_to_compare'
            when previous_ratios.estimated_amount is null then 'no_estimate'
            when previous_ratios.billed_amount is null then 'not_billed'
            when
                abs(previous_ratios.use_difference_amount) * 100
                <= abs(previous_ratios.billed_use_amount) * build.tolerance_percent
                then 'within'
            when
                abs(previous_ratios.unexplained_amount) * 100
                <= abs(previous_ratios.billed_use_amount) * build.tolerance_percent
                then 'explained'
            else 'outside'
        end as verdict,
        case
            when previous_ratios.period = 'month'
                then previous_ratios.period_start + interval 1 month > build.as_of_day
            else previous_ratios.period_start >= build.as_of_day
        end as is_provisional
    from previous_ratios
    cross join build

)

select * from final
