"""The names that an export's filters may have: those of the published costs, upper and lower case alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import duckdb

from pipelines.errors import ConfigError
from pipelines.exports.choice import ExportFilter

SHOWN = 20
PLACES = {
    "providers": ("provider", "main.fct_costs", "provider"),
    "accounts": ("account", "main.fct_costs", "account_name"),
    "models": ("model", "main.fct_costs", "model_id"),
    "projects": ("project", "main.fct_costs", "project"),
    "cost_centers": ("cost centre", "main.int_cost_center_costs", "cost_center"),
}
"""A filter -> what its names are, and the table and column that have them."""


def with_known_names(connection: duckdb.DuckDBPyConnection, chosen: ExportFilter) -> ExportFilter:
    """The same filter with every name as the published costs spell it.

    Raises:
        ConfigError: a name that no cost has, with the one that may be meant.
    """
    found = chosen
    for field, (what, table, column) in PLACES.items():
        asked: tuple[str, ...] = getattr(chosen, field)
        if asked:
            rows = connection.table(table).filter(f"{column} is not null").aggregate(column).fetchall()
            known = sorted(str(name) for (name,) in rows)
            spelled: dict[str, Any] = {field: tuple(_spelled(name, known, what) for name in asked)}
            found = replace(found, **spelled)
    return found


def _spelled(name: str, known: Sequence[str], what: str) -> str:
    if name in known:
        return name
    same = [other for other in known if other.casefold() == name.casefold()]
    if len(same) == 1:
        return same[0]
    close = same or get_close_matches(name, known, 1)
    if close:
        raise ConfigError(f"no cost has the {what} {name!r}; did you mean {' or '.join(close)}?")
    listed = f"there are: {', '.join(known[:SHOWN])}" if known else "there is none"
    raise ConfigError(f"no cost has the {what} {name!r}; {listed}")
