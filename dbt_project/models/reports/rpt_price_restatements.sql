with usage as (

    select * from {{ ref('int_usage_summed') }}

),

chosen_sources as (

    select * from {{ ref('int_sources_chosen') }}
    where counts_usage

),

valuations as (

    select
        {{ month_of('usage.usage_date') }} as month,
        usage.provider,
        usage.model_id,
        usage.list_cost_amount,
        usage.currency,
        -- A row may name several: a list for most of its tokens, an override for the others.
        string_split(usage.price_version, ', ') as price_versions,
        usage.price_basis = 'as_billed' as is_billed,
        -- Usage with the same value on every basis has one row, which applies to each of them.
        usage.price_basis = 'as_known' or not usage.is_restated as is_known,
        usage.price_basis = 'restated' or not usage.is_restated as is_restated
    from usage
    inner join chosen_sources
        on
            usage.usage_date = chosen_sources.cost_date
            and usage.provider = chosen_sources.provider
            and usage.account_name = chosen_sources.account_name
            and usage.source_kind = chosen_sources.source_kind
            and usage.source = chosen_sources.source
            and usage.host is not distinct from chosen_sources.host

),

month_sums as (

    select
        month,
        provider,
        model_id,
        sum(list_cost_amount) filter (is_billed) as as_billed_amount,
        sum(list_cost_amount) filter (is_known) as as_known_amount,
        sum(list_cost_amount) filter (is_restated) as restated_amount,
        list_sort(list_distinct(flatten(list(price_versions) filter (is_billed)))) as billed_price_versions,
        list_sort(list_distinct(flatten(list(price_versions) filter (is_known)))) as known_price_versions,
        max(currency) as currency
    from valuations
    group by
        month,
        provider,
        model_id

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

final as (

    select
        month_sums.month,
        month_sums.provider,
        month_sums.model_id,
        month_sums.as_billed_amount::decimal(38, 12) as as_billed_amount,
        month_sums.as_known_amount::decimal(38, 12) as as_known_amount,
        month_sums.restated_amount::decimal(38, 12) as restated_amount,
        (coalesce(month_sums.as_known_amount, 0) - coalesce(month_sums.as_billed_amount, 0))::decimal(38, 12)
            as known_difference,
        (coalesce(month_sums.restated_amount, 0) - coalesce(month_sums.as_billed_amount, 0))::decimal(38, 12)
            as restated_difference,
        month_sums.currency,
        nullif(array_to_string(month_sums.billed_price_versions, ', '), '') as billed_price_version,
        nullif(array_to_string(month_sums.known_price_versions, ', '), '') as known_price_version,
        month_sums.month < build.as_of_month as is_closed
    from month_sums
    cross join build
    where month_sums.currency is not null

)

select * from final
