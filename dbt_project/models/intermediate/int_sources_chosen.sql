with source_statements as (

    select * from {{ ref('int_source_statements') }}

),

bill_days as (

    select * from {{ ref('int_bill_days') }}

),

paid_accounts as (

    select * from {{ ref('stg_landing__paid_accounts') }}

),

statements as (

    select
        *,
        coalesce(precedence > 0, false) as is_ranked,
        bool_or(has_amounts) over source_day as source_has_amounts,
        bool_or(has_usage) over source_day as source_has_usage,
        bool_or(charges_nothing) over source_day as source_charges_nothing
    from source_statements
    window source_day as (partition by cost_date, provider, account_name, source_kind, source)

),

-- Entries by hand and second views have no rank: the former always count, the latter never. Of two bills, the one that
-- has an amount ranks first: the other may not reach back as far.
ranks as (

    select
        *,
        case when is_ranked then dense_rank() over by_money end as money_rank,
        case when is_ranked then dense_rank() over by_usage end as usage_rank
    from statements
    window
        by_money as (
            partition by cost_date, provider, account_name, is_ranked
            order by source_has_amounts desc, is_charge desc, source_charges_nothing asc, precedence asc, source asc
        ),
        by_usage as (
            partition by cost_date, provider, account_name, is_ranked
            order by source_has_usage desc, precedence asc, source asc
        )

),

first_sources as (

    select distinct
        cost_date,
        provider,
        account_name,
        source,
        statement,
        is_provider_statement,
        source_has_amounts
    from ranks
    where money_rank = 1

),

replaced_days as (

    select distinct
        cost_date,
        provider,
        account_name
    from source_statements
    where replaces_source

),

-- The account whose bill pays, as configured. What is configured for one machine goes before what is for all of them.
configured_payers as (

    select
        ranks.statement_key,
        ranks.source_kind,
        ranks.cost_date,
        paid_accounts.pays as account_name
    from ranks
    inner join paid_accounts
        on
            (ranks.account_name = paid_accounts.account_name or paid_accounts.account_name is null)
            and (ranks.source = paid_accounts.source or paid_accounts.source is null)
            and (ranks.host = paid_accounts.host or paid_accounts.host is null)
            and (ranks.provider = paid_accounts.provider or paid_accounts.provider is null)
    qualify
        paid_accounts.host is not null
        or not bool_or(paid_accounts.host is not null) over (partition by ranks.statement_key)

),

-- Statements whose amount is on another account's bill too. An agent that is paid by the token spends through a key of
-- its provider, whose figures of that day hold it.
payers as (

    select
        configured_payers.statement_key,
        first_sources.account_name,
        first_sources.source
    from configured_payers
    inner join first_sources
        on
            configured_payers.account_name = first_sources.account_name
            and configured_payers.cost_date = first_sources.cost_date
    where
        configured_payers.source_kind <> 'manual'
        and first_sources.source_has_amounts

    union all

    select
        ranks.statement_key,
        first_sources.account_name,
        first_sources.source
    from ranks
    inner join first_sources
        on
            ranks.provider = first_sources.provider
            and ranks.cost_date = first_sources.cost_date
    where
        ranks.source_kind = 'local'
        and ranks.has_spend
        and first_sources.is_provider_statement
        and first_sources.source_has_amounts
        and ranks.statement_key not in (select configured_payers.statement_key from configured_payers)

),

first_payers as (

    select
        statement_key,
        min(account_name) as account_name,
        min_by(source, account_name) as source
    from payers
    group by statement_key

),

-- From its first bill on, an account has bills: what else is known of a day is an estimate until its bill is there.
first_bill_days as (

    select
        provider,
        account_name,
        min(cost_date) as first_day
    from bill_days
    where source_kind = 'api'
    group by all

),

-- On these days a file may still get an amount.
open_file_days as (

    select distinct
        cost_date,
        provider,
        account_name
    from bill_days
    where source_kind = 'import' and not is_final

),

verdicts as (

    select
        ranks.*,
        first_sources.source as first_source,
        first_sources.statement as first_statement,
        first_payers.account_name as payer_account,
        first_payers.source as payer_source,
        coalesce(
            not ranks.is_charge
            and (ranks.cost_date >= first_bill_days.first_day or open_file_days.cost_date is not null),
            false
        ) as is_estimate,
        case
            when ranks.source_kind = 'manual' then 'entered'
            when replaced_days.cost_date is not null then 'replaced'
            when ranks.precedence is null then 'second view'
            when first_payers.statement_key is not null then 'covered'
            when ranks.money_rank > 1 then 'outranked'
            else 'first'
        end as verdict
    from ranks
    left join first_sources
        on
            ranks.cost_date = first_sources.cost_date
            and ranks.provider = first_sources.provider
            and ranks.account_name = first_sources.account_name
    left join first_payers on ranks.statement_key = first_payers.statement_key
    left join replaced_days
        on
            ranks.cost_date = replaced_days.cost_date
            and ranks.provider = replaced_days.provider
            and ranks.account_name = replaced_days.account_name
    left join first_bill_days
        on
            ranks.provider = first_bill_days.provider
            and ranks.account_name = first_bill_days.account_name
    left join open_file_days
        on
            ranks.cost_date = open_file_days.cost_date
            and ranks.provider = open_file_days.provider
            and ranks.account_name = open_file_days.account_name
    where ranks.is_seen

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
        verdict = 'first' and has_spend and (is_estimate or is_read_early is true) as awaits_bill,
        case verdict
            when 'replaced' then 'a manual entry with replaces_source stands instead'
            when 'covered' then payer_source || ' of ' || payer_account || ' states what this was charged'
            when 'outranked' then first_source || ' stands instead: ' || first_statement
            else statement
        end as reason
    from verdicts

)

select * from final
