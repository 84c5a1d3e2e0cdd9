-- One row per provider, currency and month of the newest six: usage at list price next to what is billed, and
-- the difference by cause.
with
months as (
    select
        *,
        dense_rank() over (order by period_start desc) as age
    from rpt_reconciliation
    where period = 'month'
)

select
    period_start as month,
    provider,
    currency,
    estimated_amount,
    billed_amount,
    difference_amount,
    not_usage_amount,
    non_token_amount,
    missing_days_amount,
    not_charged_amount,
    timing_amount,
    unpriced_amount,
    tier_amount,
    cache_amount,
    rounding_amount,
    unexplained_amount,
    difference_ratio,
    trend,
    tolerance_percent,
    verdict,
    is_provisional
from months
where age <= 6 and verdict <> 'nothing_to_compare'
order by
    month desc,
    verdict = 'outside' desc,
    verdict = 'explained' desc,
    billed_amount desc nulls last,
    provider asc,
    currency asc
