-- A returned row means: this feed landed or was fetched, and has no freshness.
{{ config(meta={'dagster': {'ref': {'name': 'rpt_source_freshness'}}}) }}

with feeds as (

    select
        source_kind,
        source,
        feed
    from {{ ref('fct_costs') }}
    union
    select
        source_kind,
        source,
        feed
    from {{ ref('stg_landing__partitions') }}
    union
    select
        source_kind,
        source,
        feed
    from {{ ref('stg_landing__feeds') }}

)

select * from feeds
except
select
    source_kind,
    source,
    feed
from {{ ref('rpt_source_freshness') }}
