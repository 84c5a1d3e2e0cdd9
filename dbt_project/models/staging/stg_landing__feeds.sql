with feeds as (

    select * from {{ source('landing', 'feeds') }}

),

final as (

    select
        source_kind,
        source,
        feed,
        status as outcome,
        message,
        rejected_lines,
        coalesce(findings, []) as findings,
        expected_every_hours,
        last_attempt_at,
        last_success_at
    from feeds

)

select * from final
