"""The marts of comparisons and models, worked out from the daily rows by plain SQL of its own.

So the page's figures have something independent of the dbt project to agree with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import duckdb

# Every source is recorded since long ago and still, but for those of `Published.recorded`.
_COVERAGE = """
insert into rpt_cost_coverage
select provider, account_name, source_kind, cost_kind, currency, provider,
    coalesce((select since from recorded where recorded.provider in ('', daily.provider)), date '2020-01-01'),
    (select until from recorded where recorded.provider in ('', daily.provider))
from counted as daily
where cost_amount is not null
group by all
"""

# For each month that has a month before it in the rows: the month so far over its complete days, and full months.
_SIDES = """
create temp table sides as
with days as (
    select daily.*, cast(date_trunc('month', cost_date) as date) as day_month, coverage.recorded_from as since,
        coverage.recorded_through as until, coverage.source_name
    from counted as daily
    inner join rpt_cost_coverage as coverage using (provider, account_name, source_kind, cost_kind, currency)
),
both_spans as (
    select
        'month_to_date' as comparison, date '{month}' as month, {days} as days_compared, days.*,
        date '{month}' + {days} - 1 as current_through
    from days
    where day_month in (date '{month}', date '{before}') and day(cost_date) <= {days}
    union all
    select 'full_month', months.month, day(last_day(months.month)), days.*, last_day(months.month)
    from (select distinct day_month as month from days where day_month < date '{month}') as months
    inner join days on days.day_month in (months.month, months.month - interval 1 month)
)
select *, day_month = month as is_current,
    since <= month - interval 1 month and coalesce(until >= current_through, true) as is_compared
from both_spans
"""

_SOURCES = """
insert into rpt_comparison_sources
select comparison, month, provider, account_name, source_kind, cost_kind, currency, source_name, is_compared,
    is_compared, case when since > month - interval 1 month then since end,
    case when until < current_through then until end,
    sum(cost_amount) filter (where is_current), sum(cost_amount) filter (where not is_current)
from sides
group by all
"""

_GAPS = """
insert into rpt_comparison_gaps
select comparison, month, cost_kind, currency,
    list(
        struct_pack(
            name := source_name, recorded_from := recorded_from, recorded_through := recorded_through,
            amount := current_amount
        )
        order by abs(current_amount) desc nulls last, source_name
    )
from rpt_comparison_sources
where not covers_both_spans
group by all
"""

_COMPARISONS = """
insert into rpt_monthly_comparisons
with named as (
    select *, unnest(['total', 'provider', 'account', 'model', 'project', 'source_kind']) as dimension,
        unnest(['total', provider, account_name, model_id, project, source_kind]) as dimension_value
    from sides
),
sums as (
    select comparison, month, dimension, dimension_value, cost_kind, currency, any_value(days_compared) as days,
        coalesce(sum(cost_amount) filter (where is_current), 0) as now, bool_or(is_compared) as is_compared,
        coalesce(sum(cost_amount) filter (where is_current and is_compared), 0) as compared,
        coalesce(sum(cost_amount) filter (where not is_current and is_compared), 0) as before,
        max(since) filter (where since > month - interval 1 month) as since,
        min(until) filter (where until < current_through) as until
    from named group by all
)
select comparison, month, dimension, dimension_value, cost_kind, currency, days, now,
    case when is_compared then compared end, case when is_compared then before end,
    case when is_compared then compared - before end,
    case when is_compared and before <> 0 then (compared - before)::double / before::double end,
    case when not is_compared then 'not_recorded' when before = 0 then 'new' when compared = 0 then 'gone'
        else 'both' end,
    case when not is_compared then since end, case when not is_compared then until end
from sums
"""

_DRIVERS = """
insert into rpt_cost_drivers
with sums as (
    select comparison, month, cost_kind, currency, provider, model_id,
        coalesce(sum(cost_amount) filter (where is_current), 0) as now,
        coalesce(sum(cost_amount) filter (where not is_current), 0) as before
    from sides
    where is_compared
    group by all
    having now <> before
),
kinds as (
    select *, now - before as change,
        case
            when model_id is null then 'other' when before = 0 then 'new' when now = 0 then 'gone' else 'tokens'
        end as kind
    from sums
)
select comparison, month, 'total', 'total', cost_kind, currency, provider, model_id, now, before, change, kind,
    if(kind = 'tokens', change, 0), 0, 0, if(kind = 'new', change, 0), if(kind = 'gone', change, 0),
    if(kind = 'other', change, 0), if(kind = 'tokens', now / before - 1, null), if(kind = 'tokens', 0, null)
from kinds
"""

_MODEL_COSTS = """
insert into rpt_model_costs
select cast(date_trunc('month', cost_date) as date) as month, provider, model_id, cost_kind, currency, sum(requests),
    sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(total_tokens), sum(cost_amount), null, null,
    case when sum(unpriced_tokens) = 0 then 'priced' when sum(cost_amount) is null then 'unpriced' else 'partly' end
from counted
group by all
"""


# As int_reporting_costs has them.
_COUNTED = """
create temp view counted as
select * replace (
    case when converted_amount is null then currency else reporting_currency end as currency,
    coalesce(converted_amount, cost_amount) as cost_amount
)
from rpt_daily_costs
"""


def write(
    connection: duckdb.DuckDBPyConnection, today: date, recorded: Mapping[str, tuple[date | None, date | None]]
) -> None:
    """Fill the derived marts of a file that contains its daily rows.

    Args:
        connection: the file, its tables made.
        today: the day of the build.
        recorded: since when and up to when the sources of a provider are recorded, or, under "", of all.
    """
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    connection.execute(_COUNTED)
    connection.execute("create temp table recorded (provider varchar, since date, until date)")
    for provider, days in recorded.items():
        connection.execute("insert into recorded values (?, ?, ?)", [provider, *days])
    connection.execute(_COVERAGE)
    connection.execute(_SIDES.format(month=month, before=before, days=today.day - 1))
    for statement in (_SOURCES, _GAPS, _COMPARISONS, _DRIVERS, _MODEL_COSTS):
        connection.execute(statement)


def accuracy(connection: duckdb.DuckDBPyConnection) -> None:
    """Each forecast was off by a little, and a baseline by more."""
    connection.execute(
        """
        insert into rpt_forecast_accuracy by name
        select total.* exclude (horizon, days, total_amount, lower_80, upper_80), days as horizon_days, 8 as origins,
            tried.*
        from rpt_forecast_totals as total
        cross join (
            values ('forecast', true, 0.12, -0.04), ('seasonal naive', false, 0.18, 0.03)
        ) as tried (method, is_published, error_ratio, bias_ratio)
        where horizon in ('7', '30', '60')
        """
    )
