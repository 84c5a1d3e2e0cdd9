with usage as (

    select * from {{ ref('int_usage_summed') }}
    where not is_costed and price_basis = 'as_billed'

),

entries as (

    select * from {{ ref('int_entries_spread') }}

),

billing as (

    select * from {{ ref('stg_landing__agent_billing') }}

),

prepaid as (

    select * from {{ ref('stg_landing__prepaid_accounts') }}

),

projects as (

    select * from {{ ref('int_names') }}
    where kind = 'project'

),

keys as (

    select * from {{ ref('int_names') }}
    where kind = 'api_key'

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
        project_name,
        api_key_id,
        api_key_name,
        service,
        null::varchar as meter,
        null::varchar as line_item,
        tags,
        'Usage' as charge_category,
        null::varchar as entry_category,
        currency,
        null::varchar as cost_basis,
        is_billable,
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
        quantity,
        quantity_unit,
        list_cost_amount as cost_amount,
        list_cost_amount,
        false as replaces_source,
        true as is_usage,
        false as is_spread,
        usage_date as cost_date,
        local_date,
        day_basis,
        observed_at
    from usage

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
        project_name,
        api_key_id,
        api_key_name,
        service,
        meter,
        line_item,
        tags,
        charge_category,
        entry_category,
        currency,
        cost_basis,
        is_billable,
        'reported' as price_status,
        null::varchar as price_version,
        case when source_kind = 'manual' then record_key end as record_key,
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
        quantity,
        quantity_unit,
        cost_amount,
        list_cost_amount,
        replaces_source,
        false as is_usage,
        is_spread,
        cost_date,
        local_date,
        day_basis,
        observed_at
    from entries

),

-- What a coding agent used is owed to someone only where its tokens are billed; elsewhere a subscription covers it. Nor
-- is owed what its source states nobody is charged for: an included quota, or a key of one's own at a gateway.
owed as (

    select
        unioned.* exclude (project_name, api_key_name),
        coalesce(projects.name, unioned.project_name) as project_name,
        coalesce(keys.name, unioned.api_key_name) as api_key_name,
        exists(
            select 1 from prepaid
            where
                unioned.provider = prepaid.provider
                and unioned.account_name = coalesce(prepaid.account_name, unioned.account_name)
        ) as is_of_prepaid_account,
        coalesce(unioned.is_billable, true)
        and (unioned.source_kind <> 'local' or coalesce(on_host.billing, everywhere.billing, '') = 'metered') as is_owed
    from unioned
    left join projects
        on
            unioned.provider = projects.provider
            and unioned.account_name = projects.account_name
            and unioned.project = projects.id
    left join keys
        on
            unioned.provider = keys.provider
            and unioned.account_name = keys.account_name
            and unioned.api_key_id = keys.id
    left join billing as on_host
        on
            unioned.source = on_host.source
            and unioned.host = on_host.host
    left join billing as everywhere
        on
            unioned.source = everywhere.source
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
        project_name,
        api_key_id,
        api_key_name,
        service,
        meter,
        line_item,
        tags,
        charge_category,
        entry_category,
        currency,
        case when is_owed then 'spend' else 'list_price_value' end as cost_kind,
        -- Seats and subscriptions are bought as well, and are no credit to use up.
        is_of_prepaid_account
        and charge_category = 'Purchase'
        and coalesce(entry_category, 'purchase') = 'purchase' as is_credit_purchase,
        -- Taxes are paid apart. Credit that was given is one more credit to use up, and no cash that came back.
        is_of_prepaid_account and is_owed and charge_category in ('Usage', 'Adjustment', 'Credit') as is_prepaid,
        case
            when price_status = 'unpriced' then 'none'
            when source_kind = 'manual' then 'manual'
            when not is_owed and (is_usage or source_kind = 'local') then 'notional'
            when is_usage then 'computed'
            else coalesce(cost_basis, 'provider_reported')
        end as cost_basis,
        price_status,
        price_version,
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
        input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
        + cache_write_other_tokens + output_tokens + unsplit_tokens as total_tokens,
        quantity,
        quantity_unit,
        cost_amount,
        list_cost_amount,
        replaces_source,
        is_usage,
        is_spread,
        cost_date,
        local_date,
        day_basis,
        observed_at
    from owed

)

select * from final
