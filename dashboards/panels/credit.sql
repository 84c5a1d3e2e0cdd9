-- One row per account and currency with bought credit that is left or was used this month, the month of the report.
with
build as (
    select cast(date_trunc('month', as_of at time zone 'UTC') as date) as month from rpt_build
)

select
    balances.provider,
    balances.account_name,
    balances.currency,
    balances.used_amount,
    balances.closing_amount,
    balances.lowest_amount,
    balances.is_overdrawn,
    balances.reported_amount,
    balances.reported_difference_amount,
    balances.unpriced_tokens
from rpt_prepaid_balances as balances
inner join build on balances.month = build.month
where
    balances.closing_amount <> 0 or balances.used_amount <> 0 or balances.is_overdrawn or balances.reported_amount <> 0
order by balances.provider, balances.account_name, balances.currency
