with usage as (

    select * from {{ ref('fct_usage') }}

),

entries as (

    select * from {{ ref('int_entries_spread') }}

),

billing as (

    select * from {{ ref('stg_landing__agent_billing') }}

),

-- What a coding agent used is owed to someone only where its tokens are billed; elsewhere a subscription covers it.
usage_billed as (

    select
        usage.*,
        usage.source_kind <> 'local' or coalesce(on_host.billing, everywhere.billing) = 'metered' as is_owed
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

unioned as (

    select
        source_kind,
        source,
        feed,
        account_name,
        host,
        provider,
        model_id,
        project,
        'Usage' as charge_category,
        null::varchar as entry_category,
        currency,
        case when is_owed then 'spend' else 'list_price_value' end as cost_kind,
        case
            when price_status = 'unpriced' then 'none'
            when is_owed then 'computed'
            else 'notional'
        end as cost_basis,
        price_status,
        price_version,
        null::varchar as record_key,
        null::varchar as entry_id,
        null::varchar as note,
        null::varchar as source_file,
        requests,
        input_uncached_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        cache_write_other_tokens,
        output_tokens,
        unsplit_tokens,
        list_cost_amount as cost_amount,
        false as replaces_source,
        usage_date as cost_date,
        observed_at
    from usage_billed

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
        charge_category,
        entry_category,
        currency,
        'spend' as cost_kind,
        case when source_kind = 'manual' then 'manual' else 'provider_reported' end as cost_basis,
        'reported' as price_status,
        null::varchar as price_version,
        record_key,
        entry_id,
        note,
        source_file,
        requests,
        input_uncached_tokens,
        cache_read_tokens,
        cache_write_5m_tokens,
        cache_write_1h_tokens,
        cache_write_other_tokens,
        output_tokens,
        unsplit_tokens,
        cost_amount,
        replaces_source,
        cost_date,
        observed_at
    from entries

),

replacing as (

    select distinct
        provider,
        account_name,
        cost_date
    from unioned
    where replaces_source

),

-- Such an entry stands instead of what was fetched or read for its account; what a person entered always counts.
final as (

    select
        unioned.*,
        replacing.cost_date is not null and unioned.source_kind <> 'manual' as is_replaced
    from unioned
    left join replacing
        on
            unioned.provider = replacing.provider
            and unioned.account_name = replacing.account_name
            and unioned.cost_date = replacing.cost_date

)

select * from final
