with usage as (

    select * from {{ ref('fct_usage') }}

),

entries as (

    select * from {{ ref('int_entries_spread') }}

),

billing as (

    select * from {{ source('landing', 'agent_billing') }}

),

usage_costs as (

    select
        usage.source_kind,
        usage.source,
        usage.feed,
        usage.account_name,
        usage.host,
        usage.provider,
        usage.model_id,
        usage.project,
        usage.usage_date as cost_date,
        usage.charge_category,
        usage.list_cost_amount as cost_amount,
        usage.currency,
        coalesce(on_host.billing, everywhere.billing, 'subscription') = 'metered' or usage.source_kind <> 'local'
            as is_spend,
        usage.price_status,
        usage.price_version,
        usage.requests,
        usage.input_uncached_tokens,
        usage.cache_read_tokens,
        usage.cache_write_5m_tokens,
        usage.cache_write_1h_tokens,
        usage.cache_write_other_tokens,
        usage.output_tokens,
        usage.unsplit_tokens,
        usage.observed_at
    from usage
    left join billing as on_host
        on
            usage.source = on_host.source
            and usage.host = on_host.host
    left join billing as everywhere
        on
            usage.source = everywhere.source
            and everywhere.host is null

),

final as (

    select
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        cost_date,
        charge_category,
        null::varchar as entry_category,
        cost_amount,
        currency,
        case when is_spend then 'spend' else 'list_price_value' end as cost_kind,
        case
            when price_status = 'unpriced' then 'none'
            when is_spend then 'computed'
            else 'notional'
        end as cost_basis,
        price_status,
        price_version,
        requests,
        input_uncached_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        cache_write_other_tokens,
        output_tokens,
        unsplit_tokens,
        null::varchar as record_key,
        null::varchar as entry_id,
        null::varchar as note,
        null::varchar as source_file,
        false as replaces_source,
        observed_at
    from usage_costs

    union all

    select
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        cost_date,
        charge_category,
        entry_category,
        cost_amount,
        currency,
        'spend' as cost_kind,
        case when source_kind = 'manual' then 'manual' else 'provider_reported' end as cost_basis,
        'reported' as price_status,
        null::varchar as price_version,
        requests,
        input_uncached_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        cache_write_other_tokens,
        output_tokens,
        unsplit_tokens,
        record_key,
        entry_id,
        note,
        source_file,
        replaces_source,
        observed_at
    from entries

),

identified as (

    select
        *,
        md5(to_json([
            source_kind,
            source,
            feed,
            account_name,
            host,
            provider,
            model_id,
            project,
            cost_date::varchar,
            charge_category,
            currency,
            cost_kind,
            price_status,
            price_version,
            record_key
        ])::varchar) as cost_id
    from final

)

select * from identified
