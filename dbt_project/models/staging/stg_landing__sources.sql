with sources as (

    select * from {{ source('landing', 'sources') }}

),

final as (

    select
        source_kind,
        source,
        provider,
        title,
        statement,
        statement_kind,
        precedence,
        final_after,
        is_provider_statement
    from sources

)

select * from final
