-- A returned row means: the original amounts of the converted ones do not add up to the facts, or the converted ones to
-- what other totals are made of.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_converted_costs'}}}) }}

with costs as (

    select
        cost_kind,
        billing_currency as currency,
        sum(billed_amount) as amount,
        sum(cost_amount) filter (currency = reporting_currency) as converted_amount
    from {{ ref('int_reporting_costs') }}
    where billed_amount is not null
    group by cost_kind, billing_currency

),

converted_sums as (

    select
        cost_kind,
        currency,
        sum(cost_amount) as amount,
        sum(converted_amount) as converted_amount
    from {{ ref('rpt_converted_costs') }}
    group by cost_kind, currency

)

select
    costs.amount,
    converted_sums.amount as original_amount,
    costs.converted_amount,
    converted_sums.converted_amount as reported_amount,
    coalesce(costs.cost_kind, converted_sums.cost_kind) as cost_kind,
    coalesce(costs.currency, converted_sums.currency) as currency
from costs
full outer join converted_sums
    on costs.cost_kind = converted_sums.cost_kind and costs.currency = converted_sums.currency
where
    costs.amount is distinct from converted_sums.amount
    or costs.converted_amount is distinct from converted_sums.converted_amount
