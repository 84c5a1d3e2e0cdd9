-- A returned row means: a month's estimate or bill is another than that of its days, or its bills than its costs.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_reconciliation'}}}) }}

with days as (

    select
        date_trunc('month', period_start)::date as month,
        provider,
        currency,
        sum(estimated_amount) as estimated_amount,
        sum(billed_amount) as billed_amount
    from {{ ref('rpt_reconciliation') }}
    where period = 'day'
    group by all

),

months as (

    select
        period_start,
        provider,
        currency,
        estimated_amount,
        billed_amount
    from {{ ref('rpt_reconciliation') }}
    where period = 'month'

),

bill_sums as (

    select
        date_trunc('month', cost_date)::date as month,
        provider,
        currency,
        sum(cost_amount) as billed_amount
    from {{ ref('fct_costs') }}
    where
        cost_kind = 'spend'
        and cost_basis in ('provider_reported', 'manual')
    group by all

)

select
    months.provider,
    months.period_start,
    months.currency
from months
full outer join days
    on months.period_start = days.month and months.provider = days.provider and months.currency = days.currency
left join bill_sums
    on
        months.period_start = bill_sums.month
        and months.provider = bill_sums.provider
        and months.currency = bill_sums.currency
where
    months.estimated_amount is distinct from days.estimated_amount
    or months.billed_amount is distinct from days.billed_amount
    -- A bill that charges nothing has no amount among the costs.
    or coalesce(months.billed_amount, 0) <> coalesce(bill_sums.billed_amount, 0)
