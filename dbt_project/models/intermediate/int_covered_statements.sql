with ranks as (

    select * from {{ ref('int_source_ranks') }}

),

paid_accounts as (

    select * from {{ ref('stg_landing__paid_accounts') }}

),

-- The source whose money counts of an account and day, where it has any.
first_sources as (

    select distinct
        cost_date,
        provider,
        account_name,
        source,
        is_provider_statement
    from ranks
    where money_rank = 1 and source_has_amounts

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
    where configured_payers.source_kind <> 'manual'

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
        and ranks.statement_key not in (select configured_payers.statement_key from configured_payers)

),

final as (

    select
        statement_key,
        min(account_name) as payer_account,
        min_by(source, account_name) as payer_source
    from payers
    group by statement_key

)

select * from final
