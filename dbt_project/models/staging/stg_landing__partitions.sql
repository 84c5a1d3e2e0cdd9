with partitions as (

    select * from {{ source('landing', 'partitions') }}

),

renamed as (

    select
        source_kind,
        source,
        feed,
        sha256,
        row_count,
        partition_day,
        observed_at
    from partitions

)

select * from renamed
