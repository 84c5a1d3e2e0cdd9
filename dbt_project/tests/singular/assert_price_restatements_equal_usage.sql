-- A returned row means: what use is worth as billed is another sum in the restatements than in the facts.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_price_restatements'}}}) }}

with restatements as (

    select
        currency,
        sum(as_billed_amount) as amount
    from {{ ref('rpt_price_restatements') }}
    where as_billed_amount is not null
    group by currency

),

usage as (

    select
        currency,
        sum(list_cost_amount) as amount
    from {{ ref('fct_usage') }}
    where list_cost_amount is not null
    group by currency

)

select
    restatements.amount as restated_amount,
    usage.amount as usage_amount,
    coalesce(restatements.currency, usage.currency) as currency
from restatements
full outer join usage on restatements.currency = usage.currency
where restatements.amount is distinct from usage.amount
