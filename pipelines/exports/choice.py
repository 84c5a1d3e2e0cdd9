"""Which rows and columns an export holds: filters, periods, columns, as a query over the published build.

Belongs here: choosing, and the exact sums of what was chosen. Does not: the shape of a format, or writing files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb

from pipelines.domain.meters import Unit
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import ConfigError
from pipelines.exports import FOCUS, ExportFormat

QUERIES = Path(__file__).parent
COST_ORDER = "cost_date, source_kind, provider, cost_id"


class Preset(StrEnum):
    """Costs added up by period, instead of one row for each of fct_costs."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def period(self) -> str:
        """The period as SQL names it."""
        return {"daily": "day", "weekly": "week", "monthly": "month"}[self]


@dataclass(frozen=True)
class ExportFilter:
    """Which rows an export holds. `start` and `end` are half-open UTC days; an empty tuple lets everything through.

    With cost centres, the rows are the shares that these bear, instead of costs whole.
    """

    start: date | None = None
    end: date | None = None
    providers: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    cost_centers: tuple[str, ...] = ()
    source_kinds: tuple[SourceKind, ...] = ()

    @property
    def is_everything(self) -> bool:
        """Whether no row is left out."""
        return self == ExportFilter()


@dataclass(frozen=True)
class ExportShape:
    """How the rows are laid out: added up by period, only some columns, compressed with gzip, sums below the rows."""

    preset: Preset | None = None
    columns: tuple[str, ...] = ()
    compress: bool = False
    footer: bool = False


@dataclass(frozen=True)
class Choice:
    """A query for the chosen rows, their number and exact sums by cost kind and currency, and why how many are not in.

    The query's order is the same in every run.
    """

    query: str
    row_count: int
    amounts: dict[str, dict[str, Decimal]]
    left_out: dict[str, int]


def choose(
    connection: duckdb.DuckDBPyConnection, export_format: ExportFormat, chosen: ExportFilter, shape: ExportShape
) -> Choice:
    """The rows of the published build that are asked for. The query holds until the next choice on this connection.

    Raises:
        ConfigError: a column that is not there, or a shape the format does not have.
    """
    _set_variables(connection, chosen, shape)
    rows = _text("cost_centers" if chosen.cost_centers else "costs")
    if shape.footer and not export_format.has_footer:
        raise ConfigError(f"{export_format.name} cannot have a footer: only CSV can, other than FOCUS")
    left_out: dict[str, int] = {}
    query, ordered = rows, f"{rows} order by all"
    if export_format.rows == FOCUS:
        if shape.preset or shape.columns or chosen.cost_centers:
            raise ConfigError("FOCUS has fixed rows and columns: remove the preset, the columns and the cost centres")
        if unpriced := _count(connection, f"from ({rows}) where cost_amount is null"):
            left_out["unpriced rows, which FOCUS cannot represent"] = unpriced
        bought = f"union all by name {_text('credit_purchases')}"
        query = f"with chosen_costs as ({rows} {bought}) {_text('focus')}"
        ordered = f"with chosen_costs as (({_in_order(connection, rows)}) {bought}) {_text('focus')}"
    elif shape.preset:
        added_up = _text("cost_center_periods" if chosen.cost_centers else "periods")
        query = f"with chosen_costs as ({rows}) {added_up}"
        ordered = f"{query} order by all"
    elif not chosen.cost_centers:
        ordered = _in_order(connection, rows)
    # Counted and added up without their order, which costs as much as writing them.
    row_count, amounts = _count(connection, query), _amounts(connection, rows)
    return Choice(_with_columns(connection, ordered, shape.columns), row_count, amounts, left_out)


def _in_order(connection: duckdb.DuckDBPyConnection, rows: str) -> str:
    """The rows of fct_costs by `COST_ORDER`, which the build writes them in: sorting once more takes most of the time.

    DuckDB preserves the order of a table as it is read, filtered and joined to.
    """
    key = f"select ({COST_ORDER}) as key from main.fct_costs"  # noqa: S608 - this module's own
    unordered = f"select key < lag(key) over () as is_unordered from ({key})"  # noqa: S608 - the same
    return f"{rows} order by {COST_ORDER}" if _count(connection, f"from ({unordered}) where is_unordered") else rows


def _set_variables(connection: duckdb.DuckDBPyConnection, chosen: ExportFilter, shape: ExportShape) -> None:
    """Hand the filters to the queries as variables: what people name is data there, never SQL."""
    variables: dict[str, Any] = {
        "start_day": chosen.start,
        "end_day": chosen.end,
        "providers": list(chosen.providers) or None,
        "accounts": list(chosen.accounts) or None,
        "models": list(chosen.models) or None,
        "projects": list(chosen.projects) or None,
        "cost_centers": list(chosen.cost_centers) or None,
        "source_kinds": [str(kind) for kind in chosen.source_kinds] or None,
        "period": shape.preset.period if shape.preset else None,
        # The marts have the units of meters in lower case, FOCUS has its words for them.
        "known_units": [unit.lower() for unit in Unit],
        "units": list(Unit),
    }
    for variable, value in variables.items():
        connection.execute(f"set variable {variable} = $value", {"value": value})


def _with_columns(connection: duckdb.DuckDBPyConnection, query: str, columns: tuple[str, ...]) -> str:
    if not columns:
        return query
    known = connection.sql(query).columns
    unknown = [column for column in columns if column not in known]
    if unknown:
        raise ConfigError(f"there is no column {unknown[0]!r} to export; there are: {', '.join(known)}")
    return f"select {', '.join(columns)} from ({query})"  # noqa: S608 - each name is one that the query gave


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.sql(query).aggregate("count(*)").fetchall()[0][0])


def _amounts(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[str, dict[str, Decimal]]:
    sums = connection.sql(rows).aggregate("cost_kind, currency, sum(cost_amount) as amount")
    amounts: dict[str, dict[str, Decimal]] = {}
    for kind, currency, amount in sums.order("cost_kind, currency").fetchall():
        if amount is not None:
            amounts.setdefault(kind, {})[currency] = amount
    return amounts


def _text(name: str) -> str:
    return (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
