"""Published database files for the report's tests, made from the contract of the marts alone.

The derived marts (comparisons, models) are worked out from the daily rows by plain SQL of their own, so that the page's
figures have something independent to agree with.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

AS_OF = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
TODAY = AS_OF.date()

_SCHEMA = """
create table rpt_build (
    build_id varchar, as_of timestamptz, currency varchar, is_sample boolean, organisation varchar,
    app_version varchar, first_day date, last_day date
);
create table rpt_daily_costs (
    cost_date date, provider varchar, account_name varchar, model_id varchar, project varchar, source_kind varchar,
    cost_kind varchar, cost_basis varchar, currency varchar, cost_amount decimal(38, 12), requests bigint,
    input_tokens bigint, cached_tokens bigint, output_tokens bigint, total_tokens bigint, unpriced_tokens bigint,
    is_provisional boolean, is_sample boolean
);
create table rpt_monthly_comparisons (
    comparison varchar, month date, dimension varchar, dimension_value varchar, cost_kind varchar, currency varchar,
    days_compared integer, current_amount decimal(38, 12), previous_amount decimal(38, 12),
    change_amount decimal(38, 12), change_ratio double, change_status varchar
);
create table rpt_model_costs (
    month date, provider varchar, model_id varchar, cost_kind varchar, currency varchar, requests bigint,
    input_tokens bigint, cached_tokens bigint, output_tokens bigint, total_tokens bigint, cost_amount decimal(38, 12),
    cost_per_million_tokens double, share_of_month double, price_status varchar
);
create table rpt_source_freshness (
    source_kind varchar, source varchar, feed varchar, first_day date, last_day date, days_with_data integer,
    row_count bigint, last_attempt_at timestamptz, last_success_at timestamptz, status varchar, message varchar,
    rejected_lines bigint, expected_every_hours integer
);
create table rpt_budget_status (
    budget varchar, period varchar, period_start date, period_end date, scope varchar, amount decimal(38, 12),
    currency varchar, spent_amount decimal(38, 12), used_ratio double, remaining_amount decimal(38, 12),
    alert_at integer[], level_reached integer
);
create table rpt_forecasts (
    cost_kind varchar, series_kind varchar, series varchar, currency varchar, forecast_date date, horizon_day integer,
    expected_amount double, lower_80 double, upper_80 double, lower_95 double, upper_95 double, method varchar,
    confidence varchar
);
create table rpt_forecast_totals (
    cost_kind varchar, series_kind varchar, series varchar, currency varchar, horizon varchar, days integer,
    total_amount double, lower_80 double, upper_80 double
);
create table rpt_forecast_status (
    cost_kind varchar, series_kind varchar, series varchar, currency varchar, days_of_history integer, status varchar,
    starts_on date, message varchar
);
create table rpt_anomalies (
    cost_kind varchar, series_kind varchar, series varchar, currency varchar, anomaly_date date, direction varchar,
    actual_amount double, expected_amount double, excess_amount double, ratio double, confidence varchar,
    top_contributor varchar, explanation varchar
);
"""

_DAILY = pa.schema(
    [
        ("cost_date", pa.date32()),
        *((name, pa.string()) for name in ("provider", "account_name", "model_id", "project", "source_kind")),
        *((name, pa.string()) for name in ("cost_kind", "cost_basis", "currency")),
        ("cost_amount", pa.decimal128(38, 12)),
        *((name, pa.int64()) for name in ("requests", "input_tokens", "cached_tokens", "output_tokens")),
        *((name, pa.int64()) for name in ("total_tokens", "unpriced_tokens")),
        ("is_provisional", pa.bool_()),
        ("is_sample", pa.bool_()),
    ]
)

# For each month that has a month before it in the rows: the month so far over its complete days, and full months.
_COMPARISONS = """
insert into rpt_monthly_comparisons
with days as (
    select *, cast(date_trunc('month', cost_date) as date) as month from rpt_daily_costs where currency is not null
),
sides as (
    select
        'month_to_date' as comparison, date '{month}' as month, {days} as days_compared, days.*,
        days.month = date '{month}' as is_current
    from days
    where days.month in (date '{month}', date '{before}') and day(cost_date) <= {days}
    union all
    select 'full_month', months.month, day(last_day(months.month)), days.*, days.month = months.month
    from (select distinct month from days where month < date '{month}') as months
    inner join days on days.month in (months.month, months.month - interval 1 month)
),
named as (
    select *, unnest(['total', 'provider', 'account', 'model', 'project', 'source_kind']) as dimension,
        unnest(['total', provider, account_name, model_id, project, source_kind]) as dimension_value
    from sides
),
sums as (
    select comparison, month, dimension, dimension_value, cost_kind, currency, any_value(days_compared) as days,
        coalesce(sum(cost_amount) filter (where is_current), 0) as now,
        coalesce(sum(cost_amount) filter (where not is_current), 0) as before
    from named group by all
)
select comparison, month, dimension, dimension_value, cost_kind, currency, days, now, before, now - before,
    case when before <> 0 then (now - before)::double / before::double end,
    case when before = 0 then 'new' when now = 0 then 'gone' else 'both' end
from sums
"""

_MODEL_COSTS = """
insert into rpt_model_costs
select cast(date_trunc('month', cost_date) as date) as month, provider, model_id, cost_kind, currency, sum(requests),
    sum(input_tokens), sum(cached_tokens), sum(output_tokens), sum(total_tokens), sum(cost_amount), null, null,
    case when sum(unpriced_tokens) = 0 then 'priced' when sum(cost_amount) is null then 'unpriced' else 'partly' end
from rpt_daily_costs
group by all
"""


def row(day: date, amount: str | None = "1.5", **given: Any) -> dict[str, Any]:
    """One daily row: a metered API day of 1,000 tokens unless said otherwise."""
    base = {
        "cost_date": day,
        "provider": "anthropic",
        "account_name": "acme-research",
        "model_id": "opus-large",
        "project": None,
        "source_kind": "api",
        "cost_kind": "spend",
        "cost_basis": "computed",
        "currency": "USD",
        "cost_amount": None if amount is None else Decimal(amount),
        "requests": 1,
        "input_tokens": 600,
        "cached_tokens": 300,
        "output_tokens": 100,
        "total_tokens": 1000,
        "unpriced_tokens": 0,
        "is_provisional": day == TODAY,
        "is_sample": False,
    }
    return base | given


def manual(day: date, amount: str, **given: Any) -> dict[str, Any]:
    """A manual row: money without tokens."""
    no_tokens = dict.fromkeys(("input_tokens", "cached_tokens", "output_tokens", "total_tokens", "requests"))
    return row(day, amount, **{"source_kind": "manual", "cost_basis": "manual", "model_id": None} | no_tokens | given)


@dataclass(frozen=True)
class Published:
    """What a published file holds besides what is worked out from its daily rows."""

    daily: Sequence[dict[str, Any]] = ()
    is_sample: bool = False
    organisation: str | None = "Northwind Labs"
    currency: str = "USD"
    budgets: Sequence[tuple[str, str, str, str, str]] = ()
    """budget, scope, amount, currency, spent"""
    forecasts: Sequence[tuple[str, str, str, float]] = ()
    """cost_kind, series_kind, series, expected a day"""
    waiting: Sequence[str] = ()
    """the cost kinds that cannot be forecast yet"""
    anomalies: Sequence[tuple[Any, ...]] = ()
    freshness: Sequence[tuple[Any, ...]] = field(default_factory=list)


def write(path: Path, published: Published) -> Path:
    """The published file at `path`."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(_SCHEMA)
        _write_daily(connection, published)
        _write_rest(connection, published)
    return path


def _write_daily(connection: duckdb.DuckDBPyConnection, published: Published) -> None:
    daily = pa.Table.from_pylist(list(published.daily), schema=_DAILY)
    connection.register("daily", daily)
    connection.execute("insert into rpt_daily_costs select * from daily")
    connection.unregister("daily")
    days = [entry["cost_date"] for entry in published.daily]
    connection.execute(
        "insert into rpt_build values ('build-7', ?, ?, ?, ?, '0.1.0', ?, ?)",
        [
            AS_OF,
            published.currency,
            published.is_sample,
            published.organisation,
            min(days, default=None),
            max(days, default=None),
        ],
    )
    month = TODAY.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    connection.execute(_COMPARISONS.format(month=month, before=before, days=TODAY.day - 1))
    connection.execute(_MODEL_COSTS)


def _write_rest(connection: duckdb.DuckDBPyConnection, published: Published) -> None:
    for name, scope, amount, currency, spent in published.budgets:
        ratio = Decimal(spent) / Decimal(amount)
        level = max((level for level in (70, 90, 100) if ratio * 100 >= level), default=None)
        connection.execute(
            "insert into rpt_budget_status values (?, 'month', '2026-11-01', '2026-12-01', ?, ?, ?, ?, ?, ?, [70, 90, 100], ?)",
            [
                name,
                scope,
                Decimal(amount),
                currency,
                Decimal(spent),
                float(ratio),
                Decimal(amount) - Decimal(spent),
                level,
            ],
        )
    for kind, series_kind, series, a_day in published.forecasts:
        _write_forecast(connection, published.currency, (kind, series_kind, series), a_day)
    for kind in published.waiting:
        connection.execute(
            "insert into rpt_forecast_status values (?, 'total', 'total', ?, 5, 'waiting', '2026-12-02', null)",
            [kind, published.currency],
        )
    _insert(connection, "rpt_anomalies", published.anomalies)
    _insert(connection, "rpt_source_freshness", published.freshness)


def _write_forecast(
    connection: duckdb.DuckDBPyConnection, currency: str, series: tuple[str, str, str], a_day: float
) -> None:
    key = [*series, currency]
    days = [a_day * (0.55 if (TODAY + timedelta(days=step)).weekday() > 4 else 1.18) for step in range(90)]
    rows = [
        [
            *key,
            TODAY + timedelta(days=step),
            step + 1,
            value,
            value * low80,
            value * high80,
            value * low95,
            value * high95,
            "prophet",
            "normal",
        ]
        for step, value in enumerate(days)
        for spread in [1 + step / 200]
        for low80, high80, low95, high95 in [
            (1 - 0.18 * spread, 1 + 0.2 * spread, 1 - 0.27 * spread, 1 + 0.31 * spread)
        ]
    ]
    _insert(connection, "rpt_forecasts", rows)
    for horizon in (7, 30, 60, 90):
        total = sum(days[:horizon])
        _insert(connection, "rpt_forecast_totals", [[*key, str(horizon), horizon, total, total * 0.93, total * 1.07]])
    so_far = connection.execute(
        "select coalesce(sum(cost_amount), 0)::double from rpt_daily_costs "
        "where cost_kind = ? and (? = 'total' or provider = ?) and currency = ? "
        "and cost_date >= '2026-11-01' and cost_date < ?",
        [series[0], series[1], series[2], currency, TODAY],
    ).fetchone()
    rest = sum(days[:8])
    _insert(
        connection,
        "rpt_forecast_totals",
        [[*key, "month_end", 30, so_far[0] + rest, so_far[0] + rest * 0.92, so_far[0] + rest * 1.09]],
    )
    _insert(connection, "rpt_forecast_status", [[*key, 500, "ready", None, None]])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    rows = [list(values) for values in rows]
    if rows:
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"insert into {table} values ({marks})", rows)  # noqa: S608 - names of this file


def fresh(
    source_kind: str,
    source: str,
    feed: str,
    last_day: date,
    status: str = "current",
    message: str | None = None,
    rejected: int = 0,
) -> tuple[Any, ...]:
    """A feed that began 18 months ago."""
    return (
        source_kind,
        source,
        feed,
        date(2025, 5, 23),
        last_day,
        548,
        9120,
        AS_OF,
        AS_OF - timedelta(minutes=30),
        status,
        message,
        rejected,
        24,
    )


COMPANY_MODELS: Sequence[tuple[str, str, str, float]] = [
    ("anthropic", "acme-research", "opus-large-4.5", 150.0),
    ("anthropic", "acme-research", "sonnet-mid-4.5", 90.0),
    ("anthropic", "acme-support", "haiku-small-4.5", 22.0),
    ("openai", "acme-product", "gpt-next-5.2", 105.0),
    ("openai", "acme-product", "gpt-next-5.2-mini", 28.0),
    ("openai", "acme-product", "o-deep-research", 17.0),
    ("openai", "acme-product", "embedding-3-large", 4.0),
    ("google", "acme-vertex", "gemini-next-pro", 52.0),
    ("google", "acme-vertex", "gemini-next-flash", 20.0),
]


def company_rows(
    days: int = 549, models: Sequence[tuple[str, str, str, float]] = COMPANY_MODELS
) -> list[dict[str, Any]]:
    """Eighteen believable months, the same every time: weekdays, growth, a few spikes, entries by hand, logs."""
    chance = random.Random(7)  # noqa: S311 - figures, not secrets
    projects = ["code-review-bot", "document-search", "support-assistant", None]
    rows = []
    for back in range(days - 1, -1, -1):
        day = TODAY - timedelta(days=back)
        week = 0.42 if day.weekday() > 4 else 1.0
        growth = 0.62 + 0.38 * (days - back) / days
        part_of_day = 0.4 if back == 0 else 1.0
        for place, (provider, account, model, a_day) in enumerate(models):
            spike = 2.9 if (back == 11 and place == 0) or (back == 36 and place == 3) else 1.0
            tokens = int(a_day * 90_000 * week * growth * part_of_day * spike * chance.uniform(0.8, 1.2))
            rows.append(_metered(day, provider, account, model, tokens, projects[place % 4]))
        if week == 1.0 or back % 3 == 0:
            rows.append(_local(day, int(9_000_000 * growth * chance.uniform(0.4, 1.6))))
        rows += _entries(day)
    return rows


def _metered(day: date, provider: str, account: str, model: str, tokens: int, project: str | None) -> dict[str, Any]:
    cached, output = tokens // 3, tokens // 6
    quantities = {
        "requests": tokens // 4000,
        "input_tokens": tokens - cached - output,
        "cached_tokens": cached,
        "output_tokens": output,
        "total_tokens": tokens,
    }
    amount = Decimal(tokens) * Decimal("0.00001125")
    return row(day, str(amount), provider=provider, account_name=account, model_id=model, project=project, **quantities)


def _local(day: date, tokens: int) -> dict[str, Any]:
    given = _metered(day, "anthropic", "claude-code", "opus-large-4.5", tokens, "/srv/atlas")
    return given | {
        "source_kind": "local",
        "cost_kind": "list_price_value",
        "cost_basis": "notional",
        "cost_amount": Decimal(tokens) * Decimal("0.0000018750"),
    }


def _entries(day: date) -> list[dict[str, Any]]:
    if day.day == 1:
        return [manual(day, "240.00", provider="openai", account_name="acme-finance")]
    if day.day in {9, 10, 11} and day.month == 10:
        return [manual(day, "88.333333", provider="google", account_name="acme-vertex", model_id="gemini-next-pro")]
    if day.day == 16:
        return [manual(day, "120.50", provider="mistral", account_name="acme-finance")]
    return []


def spend_this_month(rows: Iterable[dict[str, Any]]) -> Decimal:
    """What a budget over everything would have counted."""
    month = TODAY.replace(day=1)
    return sum(
        (
            entry["cost_amount"]
            for entry in rows
            if entry["cost_kind"] == "spend" and entry["cost_date"] >= month and entry["cost_amount"]
        ),
        Decimal(0),
    )


def company() -> Published:
    """The full picture: three metered providers, entries by hand, logs, budgets, forecasts, unusual days."""
    rows = company_rows()
    rows.append(manual(date(2026, 10, 3), "120.00", provider="hosting", account_name="acme-finance", currency="EUR"))
    rows.append(
        row(
            date(2026, 11, 5),
            None,
            model_id="unheard-of-1",
            unpriced_tokens=52_000,
            total_tokens=52_000,
            input_tokens=50_000,
            cached_tokens=0,
            output_tokens=2_000,
            cost_basis="none",
            currency=None,
        )
    )
    spent = spend_this_month(rows)
    return Published(
        daily=rows,
        budgets=[
            ("everything", "everything", "14600.00", "USD", str(spent)),
            ("research", "account acme-research", "6900.00", "USD", "6420.00"),
            ("support", "account acme-support", "400.00", "USD", "448.10"),
        ],
        forecasts=[
            ("spend", "total", "total", 478.0),
            ("spend", "provider", "anthropic", 255.0),
            ("spend", "provider", "openai", 150.0),
            ("list_price_value", "total", "total", 15.0),
        ],
        anomalies=[
            (
                "spend",
                "total",
                "total",
                "USD",
                date(2026, 11, 12),
                "up",
                720.0,
                470.0,
                250.0,
                1.53,
                "normal",
                "opus-large-4.5",
                "The total was higher than expected.",
            ),
            (
                "spend",
                "provider",
                "anthropic",
                "USD",
                date(2026, 11, 12),
                "up",
                430.4,
                190.2,
                240.2,
                2.26,
                "normal",
                "opus-large-4.5",
                "Requests to opus-large-4.5 in the account acme-research were 2.9 times the usual.",
            ),
            (
                "spend",
                "provider",
                "openai",
                "USD",
                date(2026, 10, 18),
                "up",
                171.0,
                66.0,
                105.0,
                2.59,
                "normal",
                "gpt-next-5.2",
                "A Sunday with the use of a working day, all in the account acme-product.",
            ),
            (
                "list_price_value",
                "total",
                "total",
                "USD",
                date(2026, 11, 3),
                "down",
                2.0,
                16.0,
                -14.0,
                0.13,
                "early",
                None,
                "Far less than on other Tuesdays.",
            ),
        ],
        freshness=[
            fresh("api", "anthropic-usage", "acme-research", TODAY),
            fresh("api", "openai-costs", "acme-product", TODAY),
            fresh(
                "api",
                "vertex-billing",
                "acme-vertex",
                date(2026, 11, 21),
                "late",
                "The export of 22 November has not appeared yet.",
            ),
            fresh("local", "claude-code", "laptop-7", TODAY, rejected=3),
            fresh("manual", "manual", "entries.csv", date(2026, 11, 16)),
        ],
    )


def list_price_only() -> Published:
    """One person with logs of a coding agent, all on subscription, and nothing in this month."""
    rows = [
        entry
        for entry in company_rows(200)
        if entry["source_kind"] == "local" and entry["cost_date"] < date(2026, 10, 20)
    ]
    return Published(
        daily=rows,
        organisation=None,
        waiting=["list_price_value"],
        freshness=[fresh("local", "claude-code", "laptop-7", date(2026, 10, 19))],
    )


def manual_only() -> Published:
    """Invoices entered by hand, one of them a credit."""
    rows = [entry for entry in company_rows() if entry["source_kind"] == "manual"]
    rows.append(manual(date(2026, 11, 6), "-75.25", provider="openai", account_name="acme-finance"))
    return Published(daily=rows, freshness=[fresh("manual", "manual", "entries.csv", date(2026, 11, 16))])


def empty() -> Published:
    """A first build that found nothing."""
    return Published(organisation=None)


def one_day() -> Published:
    """The first day of use, the day of the build itself."""
    rows = [row(TODAY, "3.21"), row(TODAY, "0.0042", provider="openai", model_id="gpt-next-5.2-mini")]
    return Published(daily=rows, waiting=["spend"], freshness=[fresh("api", "anthropic-usage", "acme-research", TODAY)])


HOSTILE = [
    "</script><img src=x onerror=window.hit=1>",
    "<script>window.hit=1</script>",
    '=HYPERLINK("https://example.invalid")',
    'line\u2028separator\u2029and "quotes", commas',
    "{{ 7 * 7 }} & <svg onload=window.hit=1>",
]


def hostile() -> Published:
    """Names that would run, break out or compute, wherever a name can stand."""
    rows = [
        row(TODAY - timedelta(days=back), "4.75", provider=name, account_name=name, model_id=name, project=name)
        for name in HOSTILE
        for back in range(1, 90)
    ]
    attack = HOSTILE[0]
    return replace(
        Published(daily=rows, organisation=attack),
        budgets=[(attack, attack, "100.00", "USD", "20.00")],
        forecasts=[("spend", "total", "total", 23.0), ("spend", "provider", attack, 4.0)],
        anomalies=[
            ("spend", "provider", attack, "USD", date(2026, 11, 12), "up", 9.0, 4.0, 5.0, 2.2, "early", attack, attack)
        ],
        freshness=[fresh("local", attack, attack, TODAY, "late", attack)],
    )


SCENARIOS = {
    "company": company,
    "list_price_only": list_price_only,
    "manual_only": manual_only,
    "empty": empty,
    "one_day": one_day,
    "hostile": hostile,
}
