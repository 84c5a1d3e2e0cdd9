with costs as (

    select * from {{ ref('int_reporting_costs') }}
    where cost_amount is not null

),

build as (

    select * from {{ ref('stg_landing__build') }}

),

partitions as (

    select * from {{ ref('stg_landing__partitions') }}

),

feeds as (

    select * from {{ ref('stg_landing__feeds') }}

),

-- A day that was read before it was over is recorded up to the day before. An interface is asked again for its last
-- days, and a machine without new logs is read all the same.
days as (

    select
        partitions.source_kind,
        partitions.account_name,
        partitions.feed,
        partitions.partition_day as first_day,
        feeds.feed is not null as is_read,
        case
            when
                greatest(
                    partitions.observed_at, case when partitions.source_kind = 'api' then feeds.last_success_at end
                )::timestamp >= partitions.partition_day + interval 1 day
                then partitions.partition_day
            else partitions.partition_day - 1
        end as last_day,
        case when partitions.source_kind = 'local' then feeds.last_success_at::date - 1 end as read_through
    from partitions
    left join feeds
        on
            partitions.source_kind = feeds.source_kind
            and partitions.source = feeds.source
            and partitions.feed = feeds.feed

),

accounts as (

    select
        source_kind,
        account_name,
        min(first_day) as first_day,
        -- Days after the last one are missing only where an interface is still asked for them, or a file may follow.
        max(last_day) filter (is_read or source_kind = 'import') as last_day
    from days
    where source_kind in ('api', 'import')
    group by all

),

-- A machine is read as a whole: an agent that has no log there yet was not used there.
hosts as (

    select
        feed,
        min(first_day) as first_day,
        max(greatest(last_day, read_through)) as last_day
    from days
    where source_kind = 'local'
    group by all

),

cost_spans as (

    select
        provider,
        account_name,
        source_kind,
        feed,
        cost_kind,
        currency,
        min(cost_date) as first_day,
        max(cost_date) as last_day
    from costs
    group by all

),

-- A person enters bills by the month: entries reach to the end of the month of the last one.
recorded_spans as (

    select
        cost_spans.provider,
        cost_spans.account_name,
        cost_spans.source_kind,
        cost_spans.cost_kind,
        cost_spans.currency,
        cost_spans.source_kind = 'manual' as is_entered,
        max(cost_spans.last_day) as last_day,
        least(min(cost_spans.first_day), min(accounts.first_day), min(hosts.first_day)) as recorded_from,
        case cost_spans.source_kind
            when 'manual' then last_day(max(cost_spans.last_day))
            when 'local' then max(hosts.last_day)
            else max(accounts.last_day)
        end as recorded_through
    from cost_spans
    left join accounts
        on
            cost_spans.source_kind = accounts.source_kind
            and cost_spans.account_name = accounts.account_name
    left join hosts
        on
            cost_spans.source_kind = 'local'
            and cost_spans.feed = hosts.feed
    group by
        cost_spans.provider,
        cost_spans.account_name,
        cost_spans.source_kind,
        cost_spans.cost_kind,
        cost_spans.currency

),

-- A currency that has a rate on some days only: in the reporting currency a source is whole after the last day without
-- one, or up to the first.
unconverted_spans as (

    select
        costs.provider,
        costs.account_name,
        costs.source_kind,
        costs.cost_kind,
        costs.reporting_currency as currency,
        min(costs.cost_date) as first_day,
        max(costs.cost_date) as last_day
    from costs
    inner join build on costs.cost_date < build.as_of_day
    where
        costs.currency <> costs.reporting_currency
        and costs.billing_currency in (
            select converted.billing_currency
            from costs as converted
            where converted.billing_currency <> converted.currency
        )
    group by all

),

-- What is entered of an account that is read as well is recorded as the account is: a credit begins no records. Else
-- all entries of an account are one record.
account_spans as (

    select
        provider,
        account_name,
        source_kind,
        cost_kind,
        currency,
        last_day,
        case
            when count(distinct account_name) over of_provider = 1 and count(distinct source_kind) over of_provider = 1
                then provider
            when count(distinct source_kind) over of_account = 1 then provider || ' ' || account_name
            else
                provider || ' ' || account_name || case source_kind
                    when 'api' then ' by API'
                    when 'manual' then ' (manual)'
                    when 'import' then ' by file'
                    else ' by logs'
                end
        end as source_name,
        case when is_entered then min(recorded_from) over whole_account else recorded_from end as recorded_from,
        case
            when not is_entered then recorded_through
            when bool_and(is_entered) over whole_account then max(recorded_through) over whole_account
            when not bool_or(not is_entered and recorded_through is null) over whole_account
                then max(recorded_through) filter (not is_entered) over whole_account
        end as recorded_through
    from recorded_spans
    window
        of_provider as (partition by provider, cost_kind),
        of_account as (partition by provider, account_name, cost_kind),
        whole_account as (partition by provider, account_name)

),

final as (

    select
        account_spans.provider,
        account_spans.account_name,
        account_spans.source_kind,
        account_spans.cost_kind,
        account_spans.currency,
        account_spans.source_name,
        case
            when account_spans.last_day > unconverted_spans.last_day
                then greatest(account_spans.recorded_from, unconverted_spans.last_day + 1)
            else account_spans.recorded_from
        end as recorded_from,
        case
            when account_spans.last_day <= unconverted_spans.last_day
                then least(account_spans.recorded_through, unconverted_spans.first_day - 1)
            else account_spans.recorded_through
        end as recorded_through
    from account_spans
    left join unconverted_spans
        on
            account_spans.provider = unconverted_spans.provider
            and account_spans.account_name = unconverted_spans.account_name
            and account_spans.source_kind = unconverted_spans.source_kind
            and account_spans.cost_kind = unconverted_spans.cost_kind
            and account_spans.currency = unconverted_spans.currency

)

select * from final
