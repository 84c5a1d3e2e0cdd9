with costs as (

    select * from {{ ref('int_costs_unioned') }}
    where is_credit_purchase is not true

),

chosen as (

    select * from {{ ref('int_sources_chosen') }}
    where is_chosen or counts_usage

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

-- The best source of money and the best source of use may be two: a cost report states no tokens. Then the money stands
-- in rows of the one and the tokens in rows of the other, each once.
counted as (

    select
        costs.cost_date,
        costs.local_date,
        costs.day_basis,
        costs.source_kind,
        costs.source,
        costs.feed,
        costs.account_name,
        costs.host,
        costs.provider,
        costs.model_id,
        costs.project,
        costs.project_name,
        costs.api_key_id,
        costs.api_key_name,
        costs.service,
        costs.meter,
        costs.line_item,
        costs.tags,
        costs.charge_category,
        costs.entry_category,
        costs.record_key,
        costs.entry_id,
        costs.note,
        costs.source_file,
        costs.cost_kind,
        costs.quantity_unit,
        costs.is_spread,
        coalesce(costs.is_prepaid, false) as is_prepaid,
        costs.observed_at,
        costs.quantity,
        case when chosen.is_chosen then costs.cost_amount end as cost_amount,
        case when chosen.is_chosen then costs.list_cost_amount end as list_cost_amount,
        case when chosen.is_chosen then costs.currency end as currency,
        case when chosen.is_chosen then costs.cost_basis else 'billed' end as cost_basis,
        case when chosen.is_chosen then costs.price_status else 'billed' end as price_status,
        case when chosen.is_chosen then costs.price_version end as price_version,
        case when chosen.counts_usage then costs.requests else 0 end as requests,
        case when chosen.counts_usage then costs.input_uncached_tokens else 0 end as input_uncached_tokens,
        case when chosen.counts_usage then costs.cache_read_tokens else 0 end as cache_read_tokens,
        case when chosen.counts_usage then costs.cache_write_5m_tokens else 0 end as cache_write_5m_tokens,
        case when chosen.counts_usage then costs.cache_write_1h_tokens else 0 end as cache_write_1h_tokens,
        case when chosen.counts_usage then costs.cache_write_other_tokens else 0 end as cache_write_other_tokens,
        case when chosen.counts_usage then costs.output_tokens else 0 end as output_tokens,
        case when chosen.counts_usage then costs.unsplit_tokens else 0 end as unsplit_tokens,
        chosen.awaits_bill,
        chosen.reason
    from costs
    inner join chosen
        on
            costs.cost_date = chosen.cost_date
            and costs.provider = chosen.provider
            and costs.account_name = chosen.account_name
            and costs.source_kind = chosen.source_kind
            and costs.source = chosen.source
            and costs.host is not distinct from chosen.host
    where chosen.counts_usage or costs.cost_amount is not null

),

summed as (

    select
        cost_date,
        local_date,
        day_basis,
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        project_name,
        api_key_id,
        api_key_name,
        service,
        meter,
        line_item,
        tags,
        charge_category,
        entry_category,
        sum(cost_amount)::decimal(38, 12) as cost_amount,
        sum(list_cost_amount)::decimal(38, 12) as list_cost_amount,
        currency,
        cost_kind,
        cost_basis,
        price_status,
        price_version,
        reason,
        sum(requests)::bigint as requests,
        sum(input_uncached_tokens)::bigint as input_uncached_tokens,
        sum(cache_read_tokens)::bigint as cache_read_tokens,
        sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
        sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
        sum(cache_write_other_tokens)::bigint as cache_write_other_tokens,
        sum(output_tokens)::bigint as output_tokens,
        sum(unsplit_tokens)::bigint as unsplit_tokens,
        sum(quantity)::decimal(38, 12) as quantity,
        quantity_unit,
        is_spread,
        is_prepaid,
        awaits_bill,
        record_key,
        entry_id,
        note,
        source_file,
        max(observed_at) as observed_at
    from counted
    group by all

),

final as (

    select
        md5(to_json([
            summed.cost_date::varchar,
            summed.local_date::varchar,
            summed.day_basis,
            summed.source_kind,
            summed.source,
            summed.feed,
            summed.account_name,
            summed.host,
            summed.provider,
            summed.model_id,
            summed.project,
            summed.project_name,
            summed.api_key_id,
            summed.api_key_name,
            summed.service,
            summed.meter,
            summed.line_item,
            summed.tags,
            summed.charge_category,
            summed.currency,
            summed.cost_kind,
            summed.cost_basis,
            summed.price_status,
            summed.price_version,
            summed.quantity_unit,
            summed.is_spread::varchar,
            summed.record_key,
            summed.source_file
        ])::varchar) as cost_id,
        summed.cost_date,
        summed.local_date,
        summed.day_basis,
        summed.source_kind,
        summed.source,
        summed.feed,
        summed.account_name,
        summed.host,
        summed.provider,
        summed.model_id,
        summed.project,
        summed.project_name,
        summed.api_key_id,
        summed.api_key_name,
        summed.service,
        summed.meter,
        summed.line_item,
        summed.tags,
        summed.charge_category,
        summed.entry_category,
        summed.cost_amount,
        summed.list_cost_amount,
        summed.currency,
        summed.cost_kind,
        summed.cost_basis,
        summed.price_status,
        summed.price_version,
        summed.reason,
        summed.requests,
        summed.input_uncached_tokens,
        summed.cache_read_tokens,
        summed.cache_write_5m_tokens,
        summed.cache_write_1h_tokens,
        summed.cache_write_other_tokens,
        summed.output_tokens,
        summed.unsplit_tokens,
        summed.input_uncached_tokens + summed.cache_read_tokens + summed.cache_write_5m_tokens
        + summed.cache_write_1h_tokens + summed.cache_write_other_tokens + summed.output_tokens
        + summed.unsplit_tokens as total_tokens,
        summed.quantity,
        summed.quantity_unit,
        summed.entry_id,
        summed.note,
        summed.source_file,
        summed.is_spread,
        summed.is_prepaid,
        summed.cost_date >= build.as_of_day or coalesce(summed.awaits_bill, false) as is_provisional,
        build.is_sample,
        summed.observed_at
    from summed
    cross join build
    -- As exports have it, which then need not sort.
    order by
        summed.cost_date,
        summed.source_kind,
        summed.provider,
        cost_id

)

select * from final
