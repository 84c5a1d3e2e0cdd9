with records as (

    select distinct
        source_kind,
        source,
        feed,
        partition_day,
        provider
    from {{ ref('stg_landing__usage_records') }}

),

partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

-- Full rows, so that no column of a price can be forgotten here.
landed_rows as (

    select
        provider,
        to_json(price)::varchar as content
    from {{ ref('stg_landing__unit_prices') }} as price -- noqa: AL05

    union all

    select
        provider,
        to_json(price)::varchar as content
    from {{ ref('stg_landing__restated_prices') }} as price -- noqa: AL05

    union all

    select
        provider,
        to_json(restated)::varchar as content
    from {{ ref('stg_landing__restated_uses') }} as restated -- noqa: AL05

),

prices as (

    select
        provider,
        md5(string_agg(content, '' order by content)) as prices_digest
    from landed_rows
    group by provider

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

final as (

    select
        records.source_kind,
        records.source,
        records.feed,
        records.partition_day,
        records.provider,
        md5(to_json([
            records.source_kind,
            records.source,
            records.feed,
            records.partition_day::varchar,
            records.provider,
            partitions.sha256,
            partitions.counted_as,
            partitions.observed_at::varchar,
            prices.prices_digest,
            build.project_digest,
            build.timezone
        ])::varchar) as fingerprint
    from records
    inner join partitions
        on
            records.source_kind = partitions.source_kind
            and records.source = partitions.source
            and records.feed = partitions.feed
            and records.partition_day = partitions.partition_day
    left join prices on records.provider = prices.provider
    cross join build

)

select * from final
