{{ config(materialized='view') }}

with usage as (

    select * from {{ ref('int_usage_summed') }}
    where price_basis = 'as_billed'

),

entries as (

    select * from {{ ref('int_entries_spread') }}

),

projects as (

    select * from {{ ref('int_names') }}
    where kind = 'project'

),

keys as (

    select * from {{ ref('int_names') }}
    where kind = 'api_key'

),

usage_and_entries as (

    select
        * exclude (usage_date, price_basis, is_restated),
        {{ key_of(
            attribution_columns(),
            more=['usage_date', 'local_date', 'day_basis', 'currency', 'price_status', 'price_version', 'is_restated']
        ) }} as amount_key,
        usage_date as cost_date,
        list_cost_amount as cost_amount,
        'Usage' as charge_category,
        false as replaces_source,
        true as is_usage,
        false as is_spread
    from usage

    union all by name

    select
        * exclude (record_key),
        {{ key_of(['source_kind', 'source', 'feed', 'record_key', 'cost_date']) }} as amount_key,
        case when source_kind = 'manual' then record_key end as record_key,
        'reported' as price_status,
        false as is_costed,
        false as is_usage
    from entries

),

final as (

    select
        usage_and_entries.* rename (project_name as landed_project_name, api_key_name as landed_api_key_name),
        coalesce(projects.name, usage_and_entries.project_name) as project_name,
        coalesce(keys.name, usage_and_entries.api_key_name) as api_key_name
    from usage_and_entries
    left join projects
        on
            usage_and_entries.provider = projects.provider
            and usage_and_entries.account_name = projects.account_name
            and usage_and_entries.project = projects.id
    left join keys
        on
            usage_and_entries.provider = keys.provider
            and usage_and_entries.account_name = keys.account_name
            and usage_and_entries.api_key_id = keys.id

)

select * from final
