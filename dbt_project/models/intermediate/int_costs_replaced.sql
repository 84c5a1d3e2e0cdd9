with costs as (

    select * from {{ ref('int_costs_unioned') }}

),

replacing as (

    select distinct
        provider,
        account_name,
        cost_date
    from costs
    where
        source_kind = 'manual'
        and replaces_source

),

final as (

    select
        costs.*,
        costs.input_uncached_tokens + costs.cache_read_tokens + costs.cache_write_5m_tokens
        + costs.cache_write_1h_tokens + costs.cache_write_other_tokens + costs.output_tokens
        + costs.unsplit_tokens as total_tokens
    from costs
    inner join replacing
        on
            costs.provider = replacing.provider
            and costs.account_name = replacing.account_name
            and costs.cost_date = replacing.cost_date
    where not costs.replaces_source

)

select * from final
