-- A returned row means: a month's bill for tokens is fifty times its use at list price, or a fiftieth. No discount or
-- tier does that; an amount in cents that was read as dollars, or the reverse, does.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'rpt_reconciliation'}}}) }}

select
    provider,
    period_start,
    currency,
    billed_amount - not_usage_amount - non_token_amount as billed_for_tokens,
    estimated_amount
from {{ ref('rpt_reconciliation') }}
where
    period = 'month'
    and estimated_amount > 0
    and billed_amount - not_usage_amount - non_token_amount > 0
    and greatest(estimated_amount, billed_amount - not_usage_amount - non_token_amount) >= 1
    and (
        billed_amount - not_usage_amount - non_token_amount >= 50 * estimated_amount
        or estimated_amount >= 50 * (billed_amount - not_usage_amount - non_token_amount)
    )
