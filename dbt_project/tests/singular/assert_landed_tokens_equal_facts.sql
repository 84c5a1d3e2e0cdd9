-- A returned row means: tokens were lost or doubled between landing and the facts.
with landed as (

    select
        coalesce(sum(
            input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
            + cache_write_other_tokens + output_tokens + unsplit_tokens
        ), 0) as tokens
    from {{ ref('stg_landing__usage_records') }}

),

modelled as (

    select total_tokens from {{ ref('fct_costs') }}
    union all
    select total_tokens from {{ ref('int_costs_replaced') }}

),

summed as (

    select coalesce(sum(total_tokens), 0) as tokens from modelled

)

select
    landed.tokens as landed_tokens,
    summed.tokens as modelled_tokens
from landed
cross join summed
where landed.tokens <> summed.tokens
