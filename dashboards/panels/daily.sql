-- One row per month, provider and cost kind, in the reporting currency where there is a rate: the table a reader
-- without scripts gets. Each has the days of its kind that were not delivered, which the chart shades, and what was
-- entered for a single day, corrected or noted, which the chart marks.
with
missing_days as (
    select distinct
        cost_kind,
        provider,
        missing_date
    from rpt_missing_days
),

missing_by_kind as (
    select
        cost_kind,
        list({ 'day': missing_date, 'provider': provider } order by missing_date, provider) as days
    from missing_days
    group by all
),

noted_costs as (
    select
        cost_kind,
        cost_date,
        provider,
        account_name,
        source_kind,
        entry_category,
        charge_category,
        note,
        currency,
        sum(cost_amount) as amount
    from fct_costs
    where
        cost_amount is not null
        and not coalesce(is_spread, false)
        and (source_kind = 'manual' or note is not null or charge_category in ('Adjustment', 'Credit'))
    group by all
),

notes_by_kind as (
    select
        cost_kind,
        list(
            {
                'day': cost_date, 'provider': provider, 'account': account_name, 'source': source_kind,
                'category': coalesce(entry_category, lower(charge_category)), 'note': note, 'currency': currency,
                'amount': amount
            }
            order by cost_date, provider, account_name, amount
        ) as notes
    from noted_costs
    group by all
)

select
    daily.cost_kind,
    cast(date_trunc('month', daily.cost_date) as date) as month,
    daily.provider,
    missing_by_kind.days as missing_days,
    notes_by_kind.notes,
    sum(daily.converted_amount) as cost_amount,
    sum(daily.unpriced_tokens) > 0 as has_unpriced
from rpt_daily_costs as daily
left join missing_by_kind on daily.cost_kind = missing_by_kind.cost_kind
left join notes_by_kind on daily.cost_kind = notes_by_kind.cost_kind
where daily.converted_amount is not null or daily.cost_amount is null
group by all
order by daily.cost_kind asc, month desc, daily.provider asc
