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

-- A version of a file is read once and has all its days of a month as known then.
file_reads as (

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

statements_read_early as (

    select distinct
        costs.cost_date,
        costs.provider,
        costs.account_name,
        costs.source_kind,
        costs.source
    from costs
    inner join file_reads
        on
            costs.source = file_reads.source
            and costs.feed = file_reads.feed
            and costs.source_file is not distinct from file_reads.source_file
            and date_trunc('month', costs.cost_date) = file_reads.month
    inner join sources
        on
            costs.source_kind = sources.source_kind
            and costs.source = sources.source
    where
        costs.source_kind = 'import'
        and file_reads.read_at < sources.final_after * interval 1 day + case sources.statement_kind
            when 'cloud_bill' then date_trunc('month', costs.cost_date) + interval 1 month
            else costs.cost_date + interval 1 day
        end

),

reported_statements as (

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

-- Coverage decides, not rows: a bill that covers a day without an amount means that nothing was charged.
bill_days_without_charge as (

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
            select 1 from reported_statements
            where
                bill_days.cost_date = reported_statements.cost_date
                and bill_days.provider = reported_statements.provider
                and bill_days.account_name = reported_statements.account_name
                and bill_days.source_kind = reported_statements.source_kind
                and bill_days.source = reported_statements.source
                and reported_statements.has_amounts
        )

),

all_statements as (

    select * from reported_statements
    union all
    select * from bill_days_without_charge

),

source_days as (

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
    from all_statements
    group by all

),

-- A newer version of the program may have landed what this one does not know. It counts where nothing else does.
final as (

    select
        {{ row_key([
            'source_days.cost_date::varchar',
            'source_days.provider',
            'source_days.account_name',
            'source_days.source_kind',
            'source_days.source',
            'source_days.host'
        ]) }} as statement_key,
        source_days.cost_date,
        source_days.provider,
        source_days.account_name,
        source_days.source_kind,
        source_days.source,
        source_days.host,
        case
            when sources.source is null then {{ var('precedence_of_unknown_sources') }}
            else sources.precedence
        end as precedence,
        case
            when sources.source is null then 'figures of a source that this version does not know'
            when source_days.charges_nothing then sources.statement || ', which charges nothing for this day'
            else sources.statement
        end as statement,
        coalesce(sources.is_provider_statement, false) as is_provider_statement,
        coalesce(sources.statement_kind in ('bill', 'amounts'), false) as is_charge,
        source_days.has_amounts,
        source_days.has_usage,
        source_days.has_spend,
        source_days.replaces_source,
        source_days.charges_nothing,
        statements_read_early.source is not null as is_read_early,
        source_days.is_seen
    from source_days
    left join sources
        on
            source_days.source_kind = sources.source_kind
            and source_days.source = sources.source
    left join statements_read_early
        on
            source_days.cost_date = statements_read_early.cost_date
            and source_days.provider = statements_read_early.provider
            and source_days.account_name = statements_read_early.account_name
            and source_days.source_kind = statements_read_early.source_kind
            and source_days.source = statements_read_early.source

)

select * from final
