-- One row per source, account, host, kind, currency and reason of what is reported and does not count, because the same
-- spend is counted already. Amounts only: use without a price has none to count twice.
select
    source_kind,
    source,
    account_name,
    host,
    cost_kind,
    currency,
    reason,
    counts_usage,
    min(cost_date) as first_day,
    max(cost_date) as last_day,
    sum(cost_amount) as cost_amount
from fct_cost_candidates
where not is_chosen and cost_amount is not null
group by all
having sum(cost_amount) <> 0
order by cost_kind desc, cost_amount desc, source asc, account_name asc, host asc, reason asc
