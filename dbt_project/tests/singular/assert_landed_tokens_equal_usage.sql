-- A returned row means: tokens of some kind were lost or doubled while usage was priced; it holds the landed sums.
{{ config(meta={'dagster': {'ref': {'name': 'int_usage_summed'}}}) }}

with landed as (

    select
        sum(requests) as requests,
        sum(input_uncached_tokens) as input_uncached_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(cache_write_other_tokens) as cache_write_other_tokens,
        sum(output_tokens) as output_tokens,
        sum(unsplit_tokens) as unsplit_tokens
    from {{ ref('stg_landing__usage_records') }}
    where cost_amount is null or (record_kind = 'usage_cost' and source_kind <> 'manual')

),

modelled as (

    select
        sum(requests) as requests,
        sum(input_uncached_tokens) as input_uncached_tokens,
        sum(cache_read_tokens) as cache_read_tokens,
        sum(cache_write_5m_tokens) as cache_write_5m_tokens,
        sum(cache_write_1h_tokens) as cache_write_1h_tokens,
        sum(cache_write_other_tokens) as cache_write_other_tokens,
        sum(output_tokens) as output_tokens,
        sum(unsplit_tokens) as unsplit_tokens
    from {{ ref('int_usage_summed') }}
    where price_basis = 'as_billed'

)

select * from landed
except
select * from modelled
