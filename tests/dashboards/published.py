"""Published database files for the report's tests: the marts that have rows here, and all others without any.

`test_published.py` checks their columns to the contracts of the dbt project.

The marts that are worked out from the daily rows are in `derived`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from tests.dashboards import derived

AS_OF = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
TODAY = AS_OF.date()
MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"

_SCHEMA = """
create table rpt_build (
    build_id varchar, as_of timestamptz, currency varchar, is_sample boolean, organisation varchar,
    app_version varchar, first_day date, last_day date
);
create table rpt_daily_costs (
    cost_date date, provider varchar, account_name varchar, model_id varchar, project varchar, source_kind varchar,
    cost_kind varchar, cost_basis varchar, currency varchar, cost_amount decimal(38, 12), requests bigint,
    input_tokens bigint, cached_tokens bigint, output_tokens bigint, total_tokens bigint, unpriced_tokens bigint,
    is_provisional boolean, is_sample boolean, reporting_currency varchar, converted_amount decimal(38, 12)
);
create table rpt_monthly_comparisons (
    comparison varchar, month date, dimension varchar, dimension_value varchar, cost_kind varchar, currency varchar,
    days_compared integer, current_amount decimal(38, 12), compared_amount decimal(38, 12),
    previous_amount decimal(38, 12), change_amount decimal(38, 12), change_ratio double, change_status varchar,
    recorded_from date, recorded_through date
);
create table rpt_cost_coverage (
    provider varchar, account_name varchar, source_kind varchar, cost_kind varchar, currency varchar,
    source_name varchar, recorded_from date, recorded_through date
);
create table rpt_comparison_sources (
    comparison varchar, month date, provider varchar, account_name varchar, source_kind varchar, cost_kind varchar,
    currency varchar, source_name varchar, covers_both_spans boolean, is_compared boolean, recorded_from date,
    recorded_through date, current_amount decimal(38, 12), previous_amount decimal(38, 12)
);
create table rpt_comparison_gaps (
    comparison varchar, month date, cost_kind varchar, currency varchar,
    sources_left_out struct(
        name varchar, recorded_from date, recorded_through date, amount decimal(38, 12)
    )[]
);
create table rpt_cost_drivers (
    comparison varchar, month date, dimension varchar, dimension_value varchar, cost_kind varchar, currency varchar,
    provider varchar, model_id varchar, current_amount decimal(38, 12), previous_amount decimal(38, 12),
    change_amount decimal(38, 12)
);
create table rpt_model_costs (
    month date, provider varchar, model_id varchar, cost_kind varchar, currency varchar, requests bigint,
    input_tokens bigint, cached_tokens bigint, output_tokens bigint, total_tokens bigint, cost_amount decimal(38, 12),
    cost_per_million_tokens double, share_of_month double, price_status varchar
);
create table rpt_source_freshness (
    source_kind varchar, source varchar, feed varchar, first_day date, last_day date, days_with_data integer,
    row_count bigint, last_attempt_at timestamptz, last_success_at timestamptz, status varchar, message varchar,
    rejected_lines bigint, findings varchar[] default [], expected_every_hours integer
);
create table rpt_budget_status (
    budget varchar, period varchar, period_start date, period_end date, is_current boolean, scope varchar,
    amount decimal(38, 12), rollover_amount decimal(38, 12), currency varchar, spent_amount decimal(38, 12),
    used_ratio double, remaining_amount decimal(38, 12), alert_at integer[], level_reached integer
);
create table rpt_budget_projections (
    budget varchar, projected_amount double, crosses_on date
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
    delivered_through date, starts_on date, message varchar, thirty_day_pace double
);
"""

LATER_MARTS = (
    "rpt_anomalies",
    "rpt_anomaly_contributors",
    "rpt_anomaly_precision",
    "rpt_reconciliation",
    "fct_cost_candidates",
    "rpt_cost_center_statement",
    "rpt_converted_costs",
    "rpt_prepaid_balances",
)
"""Those that files published by the first versions do not hold."""

_LATER_SCHEMA = """
create table rpt_reconciliation (
    period varchar, period_start date, provider varchar, currency varchar, estimated_amount decimal(38, 12),
    billed_amount decimal(38, 12), difference_amount decimal(38, 12), not_usage_amount decimal(38, 12) default 0,
    non_token_amount decimal(38, 12) default 0, missing_days_amount decimal(38, 12) default 0,
    not_charged_amount decimal(38, 12) default 0, timing_amount decimal(38, 12) default 0,
    unpriced_amount decimal(38, 12) default 0,
    tier_amount decimal(38, 12) default 0, cache_amount decimal(38, 12) default 0,
    rounding_amount decimal(38, 12) default 0, unexplained_amount decimal(38, 12) default 0, difference_ratio double,
    trend varchar, tolerance_percent decimal(38, 12) default 5, verdict varchar, is_provisional boolean default false
);
create table fct_cost_candidates (
    cost_date date, provider varchar, account_name varchar, source_kind varchar, source varchar, host varchar,
    cost_kind varchar default 'spend', currency varchar default 'USD', cost_amount decimal(38, 12),
    is_chosen boolean default false, counts_usage boolean default false, reason varchar
);
create table rpt_cost_center_statement (
    month date, cost_center varchar, provider varchar, account_name varchar, project varchar,
    cost_kind varchar default 'spend', currency varchar default 'USD', cost_amount decimal(38, 12),
    shared_amount decimal(38, 12) default 0, share_of_month double, is_provisional boolean default false,
    is_sample boolean default false, converted_amount decimal(38, 12), converted_shared_amount decimal(38, 12) default 0
);
create table rpt_converted_costs (
    cost_date date, cost_kind varchar default 'spend', currency varchar, cost_amount decimal(38, 12),
    conversion_status varchar, converted_amount decimal(38, 12), rate decimal(38, 12)
);
create table rpt_prepaid_balances (
    month date, provider varchar, account_name varchar, currency varchar default 'USD', used_amount decimal(38, 12),
    closing_amount decimal(38, 12), lowest_amount decimal(38, 12), is_overdrawn boolean,
    unpriced_tokens bigint default 0, reported_amount decimal(38, 12), reported_difference_amount decimal(38, 12)
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
        ("reporting_currency", pa.string()),
        ("converted_amount", pa.decimal128(38, 12)),
    ]
)


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
    recorded: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    """since when and up to when the sources of a provider are recorded, or, under "", of all"""
    budgets: Sequence[tuple[str, str, str, str, str]] = ()
    """budget, scope, amount, currency, spent"""
    budget_period: tuple[str, str, str] = ("month", "2026-11-01", "2026-12-01")
    """of every budget: what it is, its first day and the day after its last"""
    budget_rollover: str = "0"
    """of every budget: what it took over"""
    forecasts: Sequence[tuple[str, str, str, float]] = ()
    """cost_kind, series_kind, series, expected a day"""
    waiting: Sequence[str] = ()
    """the cost kinds that cannot be forecast yet"""
    anomalies: Sequence[dict[str, Any]] = ()
    contributors: Sequence[dict[str, Any]] = ()
    precisions: Sequence[dict[str, Any]] = ()
    freshness: Sequence[tuple[Any, ...]] = field(default_factory=list)
    reconciliation: Sequence[dict[str, Any]] = ()
    candidates: Sequence[dict[str, Any]] = ()
    statement: Sequence[dict[str, Any]] = ()
    converted: Sequence[dict[str, Any]] = ()
    prepaid: Sequence[dict[str, Any]] = ()
    """rows of the later marts by column; the columns not named have the value usual for them"""


def shown_columns() -> dict[str, dict[str, str]]:
    """Mart -> column -> type, of the marts that are written with rows here."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(_SCHEMA)
        connection.execute(_LATER_SCHEMA)
        found: dict[str, dict[str, str]] = {}
        for mart, column, data_type in connection.execute(
            "select table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall():
            found.setdefault(mart, {})[column] = data_type
    return found


@cache
def contracts() -> dict[str, dict[str, str]]:
    """Mart -> column -> type, as the contracts of the dbt project have it."""
    models = [
        model
        for layer in ("marts", "reports")
        for path in sorted((MODELS / layer).glob("*.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    ]
    return {model["name"]: {column["name"]: column["data_type"] for column in model["columns"]} for model in models}


def write(path: Path, published: Published) -> Path:
    """The published file at `path`."""
    path.write_bytes(_without_rows())
    with duckdb.connect(str(path)) as connection:
        _write_daily(connection, published)
        _write_rest(connection, published)
    return path


@cache
def _without_rows() -> bytes:
    """A file that holds every mart, and no row."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "published.duckdb"
        with duckdb.connect(str(path)) as connection:
            connection.execute(_SCHEMA)
            connection.execute(_LATER_SCHEMA)
            for mart, columns in contracts().items():
                # What no panel shows yet is there without rows.
                listed = ", ".join(f'"{name}" {data_type}' for name, data_type in columns.items())
                connection.execute(f"create table if not exists {mart} ({listed})")
        return path.read_bytes()


def _write_daily(connection: duckdb.DuckDBPyConnection, published: Published) -> None:
    daily = pa.Table.from_pylist([_counted(entry, published.currency) for entry in published.daily], schema=_DAILY)
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
    derived.write(connection, TODAY, published.recorded)


def _counted(entry: dict[str, Any], currency: str) -> dict[str, Any]:
    """The row with what it is in the reporting currency: itself, what it says, or nothing."""
    converted = entry["cost_amount"] if entry["currency"] == currency else None
    return {"converted_amount": converted, **entry, "reporting_currency": currency}


def _write_rest(connection: duckdb.DuckDBPyConnection, published: Published) -> None:
    for name, scope, amount, currency, spent in published.budgets:
        ratio = Decimal(spent) / Decimal(amount)
        level = max((level for level in (70, 90, 100) if ratio * 100 >= level), default=None)
        connection.execute(
            "insert into rpt_budget_status values (?, ?, ?, ?, true, ?, ?, ?, ?, ?, ?, ?, [70, 90, 100], ?)",
            [
                name,
                *published.budget_period,
                scope,
                Decimal(amount),
                Decimal(published.budget_rollover),
                currency,
                Decimal(spent),
                float(ratio),
                Decimal(amount) - Decimal(spent),
                level,
            ],
        )
    for kind, series_kind, series, a_day in published.forecasts:
        _write_forecast(connection, published.currency, (kind, series_kind, series), a_day)
    derived.accuracy(connection)
    connection.execute(
        "insert into rpt_budget_projections select budget, total_amount, null from rpt_budget_status "
        "inner join rpt_forecast_totals using (currency) "
        "where scope = 'everything' and cost_kind = 'spend' and series_kind = 'total' and horizon = 'month_end'"
    )
    for kind in published.waiting:
        connection.execute(
            "insert into rpt_forecast_status "
            "values (?, 'total', 'total', ?, 5, 'waiting', null, '2026-12-02', null, null)",
            [kind, published.currency],
        )
    _insert(connection, "rpt_source_freshness", published.freshness)
    for mart, rows in zip(
        LATER_MARTS,
        (
            published.anomalies,
            published.contributors,
            published.precisions,
            published.reconciliation,
            published.candidates,
            published.statement,
            published.converted,
            published.prepaid,
        ),
        strict=True,
    ):
        for given in rows:
            marks = ", ".join("?" for _ in given)
            columns = ", ".join(given)
            connection.execute(f"insert into {mart} ({columns}) values ({marks})", list(given.values()))  # noqa: S608 - names of this file


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
        "select coalesce(sum(converted_amount), 0)::double from rpt_daily_costs "
        "where cost_kind = ? and (? = 'total' or provider = ?) and reporting_currency = ? "
        "and cost_date >= '2026-11-01' and cost_date < ?",
        [series[0], series[1], series[2], currency, TODAY],
    ).fetchone()
    rest = sum(days[:8])
    _insert(
        connection,
        "rpt_forecast_totals",
        [[*key, "month_end", 30, so_far[0] + rest, so_far[0] + rest * 0.92, so_far[0] + rest * 1.09]],
    )
    _insert(connection, "rpt_forecast_status", [[*key, 500, "ready", None, None, None, None]])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    rows = [list(values) for values in rows]
    if rows:
        places = ", ".join([f"({', '.join('?' for _ in rows[0])})"] * len(rows))
        connection.execute(f"insert into {table} values {places}", [*chain.from_iterable(rows)])  # noqa: S608 - names of this file
