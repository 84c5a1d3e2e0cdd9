with stated as (

    select * from {{ ref('int_source_statements') }}

),

bill_days as (

    select * from {{ ref('int_bill_days') }}

),

paid_accounts as (

    select * from {{ ref('stg_landing__paid_accounts') }}

),

graded as (

    select
        *,
        bool_or(has_amounts) over source_day as source_has_amounts,
        bool_or(has_usage) over source_day as source_has_usage,
        bool_or(charges_nothing) over source_day as source_charges_nothing
    from stated
    window source_day as (partition by cost_date, provider, account_name, source_kind, source)

),

-- What people entered counts beside everything else and competes with nothing; a second view never counts. Of two
-- bills, the one that has an amount is believed: the other may not reach back as far.
ranked as (

    select
        *,
        dense_rank() over (
            partition by cost_date, provider, account_name
            order by source_has_amounts desc, is_charge desc, source_charges_nothing asc, precedence asc, source asc
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
    from stated
    where replaces_source

),

-- An account or agent that says whose bill pays for it; what is said of one machine holds there instead of what is said
-- of all.
declaring as (

    select
        stated.statement_key,
        stated.source_kind,
        stated.cost_date,
        paid_accounts.pays
    from stated
    inner join paid_accounts
        on
            (stated.account_name = paid_accounts.account_name or paid_accounts.account_name is null)
            and (stated.source = paid_accounts.source or paid_accounts.source is null)
            and (stated.host = paid_accounts.host or paid_accounts.host is null)
            and (stated.provider = paid_accounts.provider or paid_accounts.provider is null)
    qualify
        paid_accounts.host is not null
        or not bool_or(paid_accounts.host is not null) over (partition by stated.statement_key)

),

declared as (

    select
        declaring.statement_key,
        min(winners.account_name) as paid_by,
        min_by(winners.source, winners.account_name) as paid_source
    from declaring
    inner join winners
        on
            declaring.pays = winners.account_name
            and declaring.cost_date = winners.cost_date
    where
        winners.source_has_amounts
        and declaring.source_kind <> 'manual'
    group by all

),

-- An agent that is paid by the token spends through a key of its provider. Where the provider's own figures of that day
-- are there, they hold it.
assumed as (

    select
        stated.statement_key,
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
        and stated.statement_key not in (select declaring.statement_key from declaring)
    group by all

),

covered as (

    select * from declared
    union all
    select * from assumed

),

-- From here on an account has a bill; what else is known of a day is an estimate until the bill has spoken.
billed_from as (

    select
        provider,
        account_name,
        min(cost_date) as first_day
    from bill_days
    where source_kind = 'api'
    group by all

),

-- On these days a file may still get an amount.
unfinished as (

    select distinct
        cost_date,
        provider,
        account_name
    from bill_days
    where source_kind = 'import' and not is_final

),

judged as (

    select
        graded.*,
        ranked.usage_rank,
        winners.source as winning_source,
        winners.statement as winning_statement,
        covered.paid_by,
        covered.paid_source,
        coalesce(
            not graded.is_charge
            and (graded.cost_date >= billed_from.first_day or unfinished.cost_date is not null),
            false
        ) as awaits_bill,
        case
            when graded.source_kind = 'manual' then 'entered'
            when replacing.cost_date is not null then 'replaced'
            when graded.precedence is null then 'second view'
            when covered.paid_by is not null then 'covered'
            when ranked.money_rank > 1 then 'outranked'
            else 'first'
        end as verdict
    from graded
    left join ranked on graded.statement_key = ranked.statement_key
    left join winners
        on
            graded.cost_date = winners.cost_date
            and graded.provider = winners.provider
            and graded.account_name = winners.account_name
    left join covered on graded.statement_key = covered.statement_key
    left join replacing
        on
            graded.cost_date = replacing.cost_date
            and graded.provider = replacing.provider
            and graded.account_name = replacing.account_name
    left join billed_from
        on
            graded.provider = billed_from.provider
            and graded.account_name = billed_from.account_name
    left join unfinished
        on
            graded.cost_date = unfinished.cost_date
            and graded.provider = unfinished.provider
            and graded.account_name = unfinished.account_name
    where graded.is_seen

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
        verdict = 'first' and has_spend and (awaits_bill or is_read_early is true) as awaits_bill,
        case verdict
            when 'replaced' then 'a manual entry with replaces_source stands instead'
            when 'covered' then paid_source || ' of ' || paid_by || ' states what this was charged'
            when 'outranked' then winning_source || ' stands instead: ' || winning_statement
            else statement
        end as reason
    from judged

)

select * from final
