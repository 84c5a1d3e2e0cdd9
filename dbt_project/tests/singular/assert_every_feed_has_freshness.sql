-- A returned row means: data of this feed is shown without saying how fresh it is.
select distinct costs.source, costs.feed
from {{ ref('fct_costs') }} as costs
left join {{ ref('rpt_source_freshness') }} as freshness
    on
        costs.source_kind = freshness.source_kind
        and costs.source = freshness.source
        and costs.feed = freshness.feed
where freshness.feed is null
