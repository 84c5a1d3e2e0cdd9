-- A returned row means: a finished month differs from its bill by more than is tolerated, and nothing explains it.
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'rpt_reconciliation'}}}) }}

select
    provider,
    period_start,
    currency,
    billed_amount,
    estimated_amount,
    unexplained_amount
from {{ ref('rpt_reconciliation') }}
where
    period = 'month'
    and not is_provisional
    and verdict = 'outside'
