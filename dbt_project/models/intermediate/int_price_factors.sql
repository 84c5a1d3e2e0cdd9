with usage as (

    select * from {{ ref('int_usage_summed') }}

),

chosen_sources as (

    select * from {{ ref('int_sources_chosen') }}
    where counts_usage

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

values_of_usage as (

    select
        usage.usage_date,
        usage.provider,
        usage.account_name,
        usage.model_id,
        grouping(usage.model_id) = 1 as is_of_all_models,
        sum(usage.list_cost_amount) filter (usage.price_basis = 'as_billed') as billed_amount,
        -- Usage with the same value on every basis has one row, which applies to each of them.
        sum(usage.list_cost_amount) filter (usage.price_basis = 'restated' or not usage.is_restated) as current_amount,
        coalesce(bool_or(usage.list_cost_amount is null) filter (usage.price_basis = 'restated'), false) as is_unpriced
    from usage
    inner join chosen_sources
        on
            usage.usage_date = chosen_sources.cost_date
            and usage.provider = chosen_sources.provider
            and usage.account_name = chosen_sources.account_name
            and usage.source_kind = chosen_sources.source_kind
            and usage.source = chosen_sources.source
            and usage.host is not distinct from chosen_sources.host
    cross join build
    where build.restate_prices_at is null
    group by grouping sets (
        (usage.usage_date, usage.provider, usage.account_name, usage.model_id),
        (usage.usage_date, usage.provider, usage.account_name)
    )

),

final as (

    select
        usage_date,
        provider,
        account_name,
        model_id,
        is_of_all_models,
        current_amount::double / billed_amount::double as price_factor
    from values_of_usage
    where
        billed_amount > 0
        and current_amount > 0
        and current_amount <> billed_amount
        and not is_unpriced

)

select * from final
