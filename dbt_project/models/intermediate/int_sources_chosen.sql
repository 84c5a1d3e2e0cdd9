with ranks as (

    select * from {{ ref('int_source_ranks') }}

),

covered_statements as (

    select * from {{ ref('int_covered_statements') }}

),

bill_days as (

    select * from {{ ref('int_bill_days') }}

),

first_sources as (

    select distinct
        cost_date,
        provider,
        account_name,
        source,
        statement
    from ranks
    where money_rank = 1

),

replaced_days as (

    select distinct
        cost_date,
        provider,
        account_name
    from ranks
    where replaces_source

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
        covered_statements.payer_account,
        covered_statements.payer_source,
        coalesce(
            not ranks.is_charge
            and (ranks.cost_date >= first_bill_days.first_day or open_file_days.cost_date is not null),
            false
        ) as is_estimate,
        case
            when ranks.source_kind = 'manual' then 'entered'
            when replaced_days.cost_date is not null then 'replaced'
            when ranks.precedence is null then 'second view'
            when covered_statements.statement_key is not null then 'covered'
            when ranks.money_rank > 1 then 'outranked'
            else 'first'
        end as verdict
    from ranks
    left join first_sources
        on
            ranks.cost_date = first_sources.cost_date
            and ranks.provider = first_sources.provider
            and ranks.account_name = first_sources.account_name
    left join covered_statements on ranks.statement_key = covered_statements.statement_key
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
            when 'replaced' then 'a manual entry with replaces_source counts instead'
            when 'covered' then payer_source || ' of ' || payer_account || ' states what this was charged'
            when 'outranked' then first_source || ' counts instead: ' || first_statement
            else statement
        end as reason
    from verdicts

)

select * from final
