with sources as (

    select * from {{ ref('int_comparison_sources') }}

),

final as (

    select
        comparison,
        month,
        provider,
        account_name,
        source_kind,
        cost_kind,
        currency,
        source_name,
        covers_both_spans,
        is_compared,
        recorded_from,
        recorded_through,
        current_amount,
        previous_amount
    from sources

)

select * from final
