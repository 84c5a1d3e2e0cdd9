with sources as (

    select * from {{ ref('int_comparison_sources') }}
    where not covers_both_spans

),

final as (

    select
        comparison,
        month,
        cost_kind,
        currency,
        list(
            {
                'name': source_name,
                'recorded_from': recorded_from,
                'recorded_through': recorded_through,
                'amount': current_amount
            }
            order by abs(current_amount) desc nulls last, source_name asc
        ) as sources_left_out
    from sources
    group by all

)

select * from final
