with costs as (

    select * from {{ ref('int_costs_unioned') }}
    where is_credit_purchase is not true

),

sources as (

    select * from {{ ref('stg_landing__sources') }}

),

paid_accounts as (

    select * from {{ ref('stg_landing__paid_accounts') }}

),

stated as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        host,
        count(cost_amount) > 0 as has_amounts,
        bool_or(is_usage) or sum(total_tokens + requests) > 0 as has_usage,
        bool_or(cost_kind = 'spend') as has_spend
    from costs
    group by all

),

-- A newer version of the program may have landed what this one does not know. It counts where nothing else does.
graded as (

    select
        stated.*,
        coalesce(sources.statement, 'figures of a source that this version does not know') as statement,
        case when sources.source is null then 99 else sources.precedence end as precedence,
        coalesce(sources.is_provider_statement, false) as is_provider_statement,
        max(stated.has_amounts) over source_day as source_has_amounts,
        max(stated.has_usage) over source_day as source_has_usage
    from stated
    left join sources
        on
            stated.source_kind = sources.source_kind
            and stated.source = sources.source
    window
        source_day as (
            partition by stated.cost_date, stated.provider, stated.account_name, stated.source_kind, stated.source
        )

),

-- What people entered counts beside everything else and competes with nothing; a second view never counts.
ranked as (

    select
        *,
        dense_rank() over (
            partition by cost_date, provider, account_name
            order by source_has_amounts desc, precedence asc, source asc
        ) as money_rank,
        dense_rank() over (
            partition by cost_date, provider, account_name
            order by source_has_usage desc, precedence asc, source asc
        ) as usage_rank
    from graded
    where precedence > 0

),

winners as (

    select distinct
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        statement,
        is_provider_statement,
        source_has_amounts
    from ranked
    where money_rank = 1

),

replacing as (

    select distinct
        cost_date,
        provider,
        account_name
    from costs
    where replaces_source

),

-- An account or agent that says whose bill pays for it.
declared as (

    select
        stated.cost_date,
        stated.provider,
        stated.account_name,
        stated.source,
        stated.host,
        min(winners.account_name) as paid_by,
        min_by(winners.source, winners.account_name) as paid_source
    from stated
    inner join paid_accounts
        on
            (stated.account_name = paid_accounts.account_name or paid_accounts.account_name is null)
            and (stated.source = paid_accounts.source or paid_accounts.source is null)
            and (stated.host = paid_accounts.host or paid_accounts.host is null)
            and (stated.provider = paid_accounts.provider or paid_accounts.provider is null)
    inner join winners
        on
            paid_accounts.pays = winners.account_name
            and stated.cost_date = winners.cost_date
    where
        winners.source_has_amounts
        and stated.source_kind <> 'manual'
    group by all

),

declaring as (

    select source from paid_accounts
    where source is not null

),

-- An agent that is paid by the token spends through a key of its provider. Where the provider's own figures of that day
-- are there, they hold it.
assumed as (

    select
        stated.cost_date,
        stated.provider,
        stated.account_name,
        stated.source,
        stated.host,
        min(winners.account_name) as paid_by,
        min_by(winners.source, winners.account_name) as paid_source
    from stated
    inner join winners
        on
            stated.provider = winners.provider
            and stated.cost_date = winners.cost_date
    where
        stated.source_kind = 'local'
        and stated.has_spend
        and winners.source_has_amounts
        and winners.is_provider_statement
        and stated.source not in (select declaring.source from declaring)
    group by all

),

covered as (

    select * from declared
    union all
    select * from assumed

),

judged as (

    select
        graded.cost_date,
        graded.provider,
        graded.account_name,
        graded.source_kind,
        graded.source,
        graded.host,
        graded.precedence,
        graded.statement,
        ranked.money_rank,
        ranked.usage_rank,
        winners.source as winning_source,
        winners.statement as winning_statement,
        covered.paid_by,
        covered.paid_source,
        case
            when graded.source_kind = 'manual' then 'entered'
            when replacing.cost_date is not null then 'replaced'
            when graded.precedence is null then 'second view'
            when covered.paid_by is not null then 'covered'
            when ranked.money_rank > 1 then 'outranked'
            else 'first'
        end as verdict
    from graded
    left join ranked
        on
            graded.cost_date = ranked.cost_date
            and graded.provider = ranked.provider
            and graded.account_name = ranked.account_name
            and graded.source_kind = ranked.source_kind
            and graded.source = ranked.source
            and graded.host is not distinct from ranked.host
    left join winners
        on
            graded.cost_date = winners.cost_date
            and graded.provider = winners.provider
            and graded.account_name = winners.account_name
    left join covered
        on
            graded.cost_date = covered.cost_date
            and graded.provider = covered.provider
            and graded.account_name = covered.account_name
            and graded.source = covered.source
            and graded.host is not distinct from covered.host
    left join replacing
        on
            graded.cost_date = replacing.cost_date
            and graded.provider = replacing.provider
            and graded.account_name = replacing.account_name

),

final as (

    select
        cost_date,
        provider,
        account_name,
        source_kind,
        source,
        host,
        precedence,
        verdict in ('entered', 'first') as is_chosen,
        verdict = 'entered' or (verdict in ('first', 'outranked') and usage_rank = 1) as counts_usage,
        case verdict
            when 'replaced' then 'a manual entry with replaces_source stands instead'
            when 'covered' then paid_source || ' of ' || paid_by || ' states what this was charged'
            when 'outranked' then winning_source || ' stands instead: ' || winning_statement
            else statement
        end as reason
    from judged

)

select * from final
