with partitions as (

    select * from {{ source('landing', 'partitions') }}

),

final as (

    select
        source_kind,
        source,
        feed,
        -- A feed of an account is named after it; one of an earlier name belongs to the account as it is called now.
        coalesce(account_name, case when source_kind in ('api', 'import') then feed end) as account_name,
        sha256,
        counted_as,
        row_count,
        partition_day,
        observed_at
    from partitions

)

select * from final
