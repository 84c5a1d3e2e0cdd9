with usage as (

    select * from {{ ref('int_usage_and_entries') }}
    where is_usage

),

chosen_sources as (

    select * from {{ ref('int_sources_chosen') }}
    where counts_usage

),

-- Ids and names as they landed distinguish rows; shown is the newest name.
chosen_usage as (

    select usage.*
    from usage
    inner join chosen_sources on {{ same_statement('usage', 'chosen_sources') }}

),

final as (

    select
        {{ key_of([
            'cost_date', 'local_date', 'day_basis', 'source_kind', 'source', 'feed', 'account_name', 'host', 'provider',
            'model_id', 'project', 'landed_project_name', 'api_key_id', 'landed_api_key_name', 'service',
            'service_tier', 'is_batch', 'quantity_unit', 'tags', 'is_billable', 'is_costed', 'currency', 'price_status',
            'price_version'
        ]) }} as usage_id,
        cost_date as usage_date,
        local_date,
        day_basis,
        {{ listed(attribution_columns()) }},
        requests,
        {{ contract_meters('{meter}') }},
        {{ meter_total('is_token') }}::bigint as total_tokens,
        quantity,
        list_cost_amount,
        list_cache_amount,
        list_search_amount,
        currency,
        price_status,
        price_version,
        observed_at
    from chosen_usage

)

select * from final
