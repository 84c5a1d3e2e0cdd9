with costs as (

    select * from {{ ref('int_costs_unioned') }}
    where is_credit_purchase is not true

),

sources as (

    select * from {{ ref('stg_landing__sources') }}

),

bill_days as (

    select * from {{ ref('int_bill_days') }}

),

-- A version of a file is read once and says of all its days of a month what is known then.
files as (

    select
        source,
        feed,
        source_file,
        date_trunc('month', cost_date) as month,
        max(observed_at)::timestamp as read_at
    from costs
    where source_kind = 'import'
    group by all

),

read_early as (

    select distinct
        costs.cost_date,
        costs.provider,
        costs.account_name,
        costs.source_kind,
        costs.source
    from costs
    inner join files
        on
            costs.source = files.source
            and costs.feed = files.feed
            and costs.source_file is not distinct from files.source_file
            and date_trunc('month', costs.cost_date) = files.month
    inner join sources
        on
            costs.source_kind = sources.source_kind
            and costs.source = sources.source
    where
        costs.source_kind = 'import'
        and files.read_at < sources.final_after * interval 1 day + case sources.statement_kind
            when 'cloud_bill' then date_trunc('month', costs.cost_date) + interval 1 month
            else costs.cost_date + interval 1 day
        end

),

seen as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        host,
        count(cost_amount) > 0 as has_amounts,
        coalesce(bool_or(is_usage) or sum(total_tokens + requests) > 0, false) as has_usage,
        coalesce(bool_or(cost_kind = 'spend'), false) as has_spend,
        coalesce(bool_or(replaces_source), false) as replaces_source,
        false as charges_nothing,
        true as is_seen
    from costs
    group by all

),

-- Coverage decides, not rows: of a day that a bill covers without an amount, it says that nothing was charged.
charging_nothing as (

    select
        bill_days.cost_date,
        bill_days.provider,
        bill_days.account_name,
        bill_days.source_kind,
        bill_days.source,
        null::varchar as host,
        true as has_amounts,
        false as has_usage,
        true as has_spend,
        false as replaces_source,
        true as charges_nothing,
        false as is_seen
    from bill_days
    where
        bill_days.is_final
        and not exists (
            select 1 from seen
            where
                bill_days.cost_date = seen.cost_date
                and bill_days.provider = seen.provider
                and bill_days.account_name = seen.account_name
                and bill_days.source_kind = seen.source_kind
                and bill_days.source = seen.source
                and seen.has_amounts
        )

),

unioned as (

    select * from seen
    union all
    select * from charging_nothing

),

stated as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        host,
        bool_or(has_amounts) as has_amounts,
        bool_or(has_usage) as has_usage,
        bool_or(has_spend) as has_spend,
        bool_or(replaces_source) as replaces_source,
        bool_or(charges_nothing) as charges_nothing,
        bool_or(is_seen) as is_seen
    from unioned
    group by all

),

-- A newer version of the program may have landed what this one does not know. It counts where nothing else does.
final as (

    select
        to_json([
            stated.cost_date::varchar,
            stated.provider,
            stated.account_name,
            stated.source_kind,
            stated.source,
            stated.host
        ])::varchar as statement_key,
        stated.cost_date,
        stated.provider,
        stated.account_name,
        stated.source_kind,
        stated.source,
        stated.host,
        case when sources.source is null then 99 else sources.precedence end as precedence,
        case
            when sources.source is null then 'figures of a source that this version does not know'
            when stated.charges_nothing then sources.statement || ', which charges nothing for this day'
            else sources.statement
        end as statement,
        coalesce(sources.is_provider_statement, false) as is_provider_statement,
        coalesce(sources.statement_kind in ('bill', 'amounts'), false) as is_charge,
        stated.has_amounts,
        stated.has_usage,
        stated.has_spend,
        stated.replaces_source,
        stated.charges_nothing,
        read_early.source is not null as is_read_early,
        stated.is_seen
    from stated
    left join sources
        on
            stated.source_kind = sources.source_kind
            and stated.source = sources.source
    left join read_early
        on
            stated.cost_date = read_early.cost_date
            and stated.provider = read_early.provider
            and stated.account_name = read_early.account_name
            and stated.source_kind = read_early.source_kind
            and stated.source = read_early.source

)

select * from final
