with costs as (

    select * from {{ ref('int_reporting_costs') }}
    where cost_amount is not null

),

coverage as (

    select * from {{ ref('int_cost_coverage') }}

),

days as (

    select * from {{ ref('int_comparison_days') }}

),

source_sums as (

    select
        days.comparison,
        days.month,
        days.previous_from,
        days.current_through,
        costs.provider,
        costs.account_name,
        costs.source_kind,
        costs.cost_kind,
        costs.currency,
        sum(costs.cost_amount) filter (days.side = 'current') as current_amount,
        sum(costs.cost_amount) filter (days.side = 'previous') as previous_amount
    from costs
    inner join days on costs.cost_date = days.cost_date
    group by all

),

source_spans as (

    select
        source_sums.*,
        coverage.source_name,
        coverage.recorded_from,
        coverage.recorded_through,
        coverage.recorded_from <= source_sums.previous_from
        and coalesce(coverage.recorded_through >= source_sums.current_through, true) as covers_both_spans
    from source_sums
    inner join coverage
        on
            source_sums.provider = coverage.provider
            and source_sums.account_name = coverage.account_name
            and source_sums.source_kind = coverage.source_kind
            and source_sums.cost_kind = coverage.cost_kind
            and source_sums.currency = coverage.currency

),

-- Sources with less than half of either span do not represent the total. A credit weighs like a charge.
source_weights as (

    select
        *,
        bool_or(covers_both_spans) over comparison_of_kind
        and 2 * coalesce(sum(abs(current_amount)) filter (covers_both_spans) over comparison_of_kind, 0)
        >= coalesce(sum(abs(current_amount)) over comparison_of_kind, 0)
        and 2 * coalesce(sum(abs(previous_amount)) filter (covers_both_spans) over comparison_of_kind, 0)
        >= coalesce(sum(abs(previous_amount)) over comparison_of_kind, 0) as is_enough
    from source_spans
    window comparison_of_kind as (partition by comparison, month, cost_kind, currency)

),

final as (

    select
        comparison,
        month,
        provider,
        account_name,
        source_kind,
        cost_kind,
        currency,
        source_name,
        covers_both_spans,
        covers_both_spans and is_enough as is_compared,
        case when recorded_from > previous_from then recorded_from end as recorded_from,
        case when recorded_through < current_through then recorded_through end as recorded_through,
        current_amount::decimal(38, 12) as current_amount,
        previous_amount::decimal(38, 12) as previous_amount
    from source_weights

)

select * from final
