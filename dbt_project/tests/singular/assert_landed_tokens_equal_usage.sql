-- A returned row means: tokens of some kind were lost or doubled while usage was priced; it has the landed sums.
{{ config(meta={'dagster': {'ref': {'name': 'int_usage_summed'}}}) }}

with landed_sums as (

    select
        sum(requests) as requests,
        {{ meter_columns('coalesce(sum({meter}), 0) as {meter}') }}
    from {{ ref('stg_landing__usage_records') }}
    where cost_amount is null or (record_kind = 'usage_cost' and source_kind <> 'manual')

),

usage_sums as (

    select
        sum(requests) as requests,
        {{ meter_columns('coalesce(sum({meter}), 0) as {meter}') }}
    from {{ ref('int_usage_summed') }}
    where price_basis = 'as_billed'

)

select * from landed_sums
except
select * from usage_sums
