with source_statements as (

    select * from {{ ref('int_source_statements') }}

),

statements as (

    select
        *,
        coalesce(precedence > 0, false) as is_ranked,
        bool_or(has_amounts) over source_day as source_has_amounts,
        bool_or(has_usage) over source_day as source_has_usage,
        bool_or(charges_nothing) over source_day as source_charges_nothing
    from source_statements
    window source_day as (partition by cost_date, provider, account_name, source_kind, source)

),

-- Entries by hand and second views have no rank: the former always count, the latter never. Of two bills, the one that
-- has an amount ranks first: the other may not reach back as far.
final as (

    select
        *,
        case when is_ranked then dense_rank() over by_money end as money_rank,
        case when is_ranked then dense_rank() over by_usage end as usage_rank
    from statements
    window
        by_money as (
            partition by cost_date, provider, account_name, is_ranked
            order by source_has_amounts desc, is_charge desc, source_charges_nothing asc, precedence asc, source asc
        ),
        by_usage as (
            partition by cost_date, provider, account_name, is_ranked
            order by source_has_usage desc, precedence asc, source asc
        )

)

select * from final
