"""Published database files for the report's tests: the marts that have rows here, and all others without any.

The marts that are worked out from the daily rows are in `derived`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from dashboards import open_alerts
from dashboards.open_alerts import OpenAlert
from tests.dashboards import derived
from tests.dashboards.marts import LATER_SCHEMA, SCHEMA

AS_OF = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
TODAY = AS_OF.date()
MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"

LATER_MARTS = (
    "rpt_anomalies",
    "rpt_anomaly_contributors",
    "rpt_anomaly_precision",
    "rpt_reconciliation",
    "fct_cost_candidates",
    "rpt_cost_center_statement",
    "rpt_converted_costs",
    "rpt_prepaid_balances",
    "fct_hourly_usage",
    "rpt_person_costs",
)
"""Those that files published by the first versions do not hold."""

_DAILY = pa.schema(
    [
        ("cost_date", pa.date32()),
        *((name, pa.string()) for name in ("provider", "account_name", "host", "model_id", "project", "project_name")),
        *((name, pa.string()) for name in ("api_key_id", "api_key_name", "source_kind", "charge_category")),
        ("is_spread", pa.bool_()),
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
        "host": None,
        "model_id": "opus-large",
        "project": None,
        "project_name": None,
        "api_key_id": None,
        "api_key_name": None,
        "source_kind": "api",
        "charge_category": "Usage",
        "is_spread": False,
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
    hourly: Sequence[dict[str, Any]] = ()
    people: Sequence[dict[str, Any]] = ()
    """rows of the later marts by column; the columns not named have the value usual for them"""
    alerts: Sequence[OpenAlert] = ()


def shown_columns() -> dict[str, dict[str, str]]:
    """Mart -> column -> type, of the marts that are written with rows here."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(SCHEMA)
        connection.execute(LATER_SCHEMA)
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
            connection.execute(SCHEMA)
            connection.execute(LATER_SCHEMA)
            # Handed over with a build, it is in no file; here it is, so that every panel has its table.
            connection.execute(open_alerts.TABLE.replace(" temporary", ""))
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
        "insert into rpt_build values ('build-7', ?, ?, 'Europe/Berlin', ?, ?, '0.1.0', ?, ?)",
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
        first, _ = (date.fromisoformat(day) for day in published.budget_period[1:])
        halves = [(first + timedelta(days=9), Decimal(spent) / 2), (TODAY, Decimal(spent))]
        _insert(
            connection,
            "rpt_budget_days",
            [[name, first, day, Decimal(spent) / 2, running, currency] for day, running in halves],
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
    _insert(connection, "open_alerts", [astuple(alert) for alert in published.alerts])
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
            published.hourly,
            published.people,
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
