"""The digests of ai-costs.yaml: which one is due, and its figures from the published build.

Belongs here: a period, and the queries of its figures. Does not: its words (notifications/period_digests.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from notifications.alert_log import AlertLog
from notifications.alerts import Alert
from notifications.outbox import Outbox
from notifications.period_digests import BudgetLine, MonthForecast, PeriodDigest, Spend, digest_alert
from notifications.routing import Receiver
from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.config.alerts import DAYS_OF_WEEK, DigestSetting
from pipelines.errors import NothingPublishedError
from pipelines.presentation.formats import month_before

MOST_PROVIDERS = 8
MOST_MODELS = 5
MOST_BUDGETS = 8
SHOWN_DAYS = 35
"""Days of the picture: those of the longest period, and some before."""
WEEK = timedelta(days=7)
SPEND = """
create or replace temp view digest_spend as
select
    cost_date,
    provider,
    model_id,
    case when converted_amount is null then currency else reporting_currency end as currency,
    coalesce(converted_amount, cost_amount) as amount
from rpt_daily_costs
where cost_kind = 'spend' and cost_amount is not null
"""
CHANGES = """
with sums as (
    select
        {name} as name,
        currency,
        coalesce(sum(amount) filter (cost_date >= $start), 0)::decimal(38, 12) as amount,
        coalesce(sum(amount) filter (cost_date < $start), 0)::decimal(38, 12) as before
    from digest_spend
    where
        cost_date >= $before
        and cost_date < $end
        and {name} is not null
        and ($currency is null or currency = $currency)
    group by all
)

select name, currency, amount, before from sums
where {worth}
order by {order}, name
limit {limit}
"""
BUDGETS = """
select
    status.budget as name,
    status.currency,
    status.amount,
    status.spent_amount as spent,
    projection.projected_amount as projected
from rpt_budget_status as status
left join rpt_budget_projections as projection
    on status.budget = projection.budget and status.period_start = projection.period_start
where status.is_current
order by status.spent_amount / status.amount desc, status.budget
limit $most
"""
FORECASTS = """
select currency, total_amount, lower_80, upper_80
from rpt_forecast_totals
where cost_kind = 'spend' and series_kind = 'total' and horizon = 'month_end' and total_amount > 0
order by total_amount desc
limit 2
"""
LATE = """
select feed || ' (' || source || ')' from rpt_source_freshness
where status in ('late', 'failed', 'refused')
order by source, feed
"""


def due_at(setting: DigestSetting, zone: str, now: datetime) -> datetime:
    """The last moment, up to `now`, at which the digest was to be sent; in UTC."""
    here = ZoneInfo(setting.timezone or zone)
    today = now.astimezone(here).date()
    day = _last(setting, today)
    moment = datetime.combine(day, setting.at, here)
    if moment > now:
        moment = datetime.combine(_last(setting, day - timedelta(days=1)), setting.at, here)
    return moment.astimezone(UTC)


def period_before(setting: DigestSetting, sent_on: date) -> tuple[date, date, date]:
    """The start of the period before, the start and the end of the one that a digest of this day is about."""
    if setting.every == "week":
        return sent_on - 2 * WEEK, sent_on - WEEK, sent_on
    end = sent_on.replace(day=1)
    start = month_before(end)
    return month_before(start), start, end


def enqueue_due(home: Home, outbox: Outbox, receivers: Sequence[Receiver]) -> list[Alert]:
    """Put each digest that is due into the outbox, once for each recipient and period; give those that are new.

    The one of the last period is caught up if nothing ran when it was due, and those before it are not. None is due for
    what was over before it was configured. Each waits for a build of the moment at which it is due, or a later one.
    """
    configuration = home.settings.configuration
    wanted = [setting for setting in configuration.alerts.digests if setting.enabled]
    if not wanted:
        return []
    log, found = AlertLog(outbox), []
    try:
        with warehouse_of(home.folders).reading() as connection:
            ((as_of, is_sample),) = connection.execute("select as_of, is_sample from rpt_build").fetchall()
            for setting in wanted:
                moment = due_at(setting, configuration.timezone, as_of)
                if moment < log.evaluated_since(f"digest of the {setting.every}", home.clock()):
                    continue
                sent_on = moment.astimezone(ZoneInfo(setting.timezone or configuration.timezone)).date()
                digest = _digest(connection, setting, sent_on, as_of, is_sample=is_sample)
                found.append(digest_alert(digest, log.alerts(), setting.channels))
    except NothingPublishedError:
        return []
    return outbox.enqueue(found, receivers, home.clock())


def _last(setting: DigestSetting, today: date) -> date:
    """The last day up to `today` on which the digest is sent."""
    if setting.every == "week":
        return today - timedelta(days=(today.weekday() - DAYS_OF_WEEK.index(str(setting.day))) % 7)
    number = int(setting.day)
    return (today if today.day >= number else month_before(today.replace(day=1))).replace(day=number)


def _digest(
    connection: duckdb.DuckDBPyConnection, setting: DigestSetting, sent_on: date, as_of: datetime, *, is_sample: bool
) -> PeriodDigest:
    before, start, end = period_before(setting, sent_on)
    span = {"before": before, "start": start, "end": end}
    connection.execute(SPEND)
    totals = _spends(connection, span, name="'total'", order="amount desc")
    first = totals[0].currency if totals else ""
    return PeriodDigest(
        every=setting.every,
        start=start,
        end=end,
        as_of=as_of,
        totals=totals,
        providers=_spends(connection, span, first, name="coalesce(provider, 'no provider')", limit=MOST_PROVIDERS),
        models=_spends(
            connection,
            span,
            first,
            name="model_id",
            worth="abs(amount - before) >= 1",
            order="abs(amount - before) desc",
            limit=MOST_MODELS,
        ),
        daily=_daily(connection, end, first),
        budgets=[BudgetLine(**values) for values in _rows(connection, BUDGETS, {"most": MOST_BUDGETS})],
        forecasts=list(_forecasts(connection, as_of)),
        late=[name for (name,) in connection.execute(LATE).fetchall()],
        is_sample=is_sample,
    )


def _spends(
    connection: duckdb.DuckDBPyConnection, span: dict[str, date], currency: str | None = None, **parts: Any
) -> list[Spend]:
    usual = {"worth": "amount > 0 or before > 0", "order": "amount desc", "limit": 4}
    query = CHANGES.format(**{**usual, **parts})
    return [Spend(**values) for values in _rows(connection, query, {**span, "currency": currency})]


def _daily(connection: duckdb.DuckDBPyConnection, end: date, currency: str) -> list[Decimal]:
    """What each of the last days up to `end` cost in a currency."""
    query = (
        "select cost_date, sum(amount)::decimal(38, 12) from digest_spend "
        "where currency = $currency and cost_date < $end and cost_date >= $first group by cost_date"
    )
    first = end - timedelta(days=SHOWN_DAYS)
    found = dict(connection.execute(query, {"currency": currency, "end": end, "first": first}).fetchall())
    return [found.get(first + timedelta(days=number), Decimal(0)) for number in range(SHOWN_DAYS)]


def _forecasts(connection: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MonthForecast]:
    for currency, *amounts in connection.execute(FORECASTS).fetchall():
        amount, lower, upper = (Decimal(str(each)) for each in amounts)
        month = as_of.date().replace(day=1)
        yield MonthForecast(month=month, currency=currency, amount=amount, lower=lower, upper=upper)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = connection.execute(query, values)
    columns = [column[0] for column in cursor.description]
    found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return [
        {name: Decimal(str(each)) if isinstance(each, float) else each for name, each in row.items()} for row in found
    ]
