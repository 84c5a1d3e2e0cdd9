-- A returned row means: the drivers of a change sum to another amount than the change, or one of the two is missing.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_cost_drivers'}}}) }}

with changes as (

    select
        comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        change_amount as amount
    from {{ ref('rpt_monthly_comparisons') }}
    where change_status <> 'not_recorded'

),

drivers as (

    select
        comparison,
        month,
        dimension,
        dimension_value,
        cost_kind,
        currency,
        sum(volume_amount + mix_amount + price_amount + new_amount + gone_amount + other_amount) as amount
    from {{ ref('rpt_cost_drivers') }}
    group by all

)

select
    changes.amount as change_amount,
    drivers.amount as driven_amount,
    coalesce(changes.comparison, drivers.comparison) as comparison,
    coalesce(changes.month, drivers.month) as month,
    coalesce(changes.dimension, drivers.dimension) as dimension
from changes
full outer join drivers
    on
        changes.comparison = drivers.comparison
        and changes.month = drivers.month
        and changes.dimension = drivers.dimension
        and changes.dimension_value is not distinct from drivers.dimension_value
        and changes.cost_kind = drivers.cost_kind
        and changes.currency = drivers.currency
where changes.amount is distinct from drivers.amount
