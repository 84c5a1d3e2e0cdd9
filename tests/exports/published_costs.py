"""A published build in memory: the tables that exports read, with rows for a test to choose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

TYPES = {
    "cost_id": "varchar",
    "cost_date": "date",
    "source_kind": "varchar",
    "source": "varchar",
    "feed": "varchar",
    "account_name": "varchar",
    "host": "varchar",
    "provider": "varchar",
    "model_id": "varchar",
    "project": "varchar",
    "api_key_id": "varchar",
    "api_key_name": "varchar",
    "service": "varchar",
    "tags": "varchar",
    "charge_category": "varchar",
    "entry_category": "varchar",
    "cost_amount": "decimal(38, 12)",
    "list_cost_amount": "decimal(38, 12)",
    "currency": "varchar",
    "cost_kind": "varchar",
    "cost_basis": "varchar",
    "price_status": "varchar",
    "price_version": "varchar",
    "requests": "bigint",
    "input_uncached_tokens": "bigint",
    "cache_read_tokens": "bigint",
    "cache_write_5m_tokens": "bigint",
    "cache_write_1h_tokens": "bigint",
    "cache_write_other_tokens": "bigint",
    "output_tokens": "bigint",
    "unsplit_tokens": "bigint",
    "total_tokens": "bigint",
    "quantity": "decimal(38, 12)",
    "quantity_unit": "varchar",
    "entry_id": "varchar",
    "note": "varchar",
    "source_file": "varchar",
    "is_prepaid": "boolean",
    "is_provisional": "boolean",
    "is_sample": "boolean",
    "observed_at": "timestamptz",
}


def cost(number: int, **reported: Any) -> dict[str, Any]:
    """The cost `number`: one dollar of acme's use of a model, unless stated otherwise."""
    values: dict[str, Any] = {
        "cost_id": f"cost-{number:06}",
        "cost_date": date(2026, 3, 1),
        "source_kind": "manual",
        "source": "manual",
        "feed": "bills.csv",
        "account_name": "acme",
        "provider": "groq",
        "model_id": "llama-4",
        "charge_category": "Usage",
        "entry_category": "usage",
        "cost_amount": Decimal(1),
        "currency": "USD",
        "cost_kind": "spend",
        "cost_basis": "manual",
        "price_status": "reported",
        "total_tokens": 10,
        "is_prepaid": False,
        "is_provisional": False,
        "is_sample": False,
        "observed_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    return {**dict.fromkeys(TYPES), **values, **reported}


BORNE = """
create table int_cost_center_costs as
select
    cost_date, unnest(['research', 'product']) as cost_center, source_kind, provider, account_name, model_id, project,
    null::varchar as project_name, null::varchar as tags, cost_kind, currency, 1 as rule, true as is_shared,
    unnest([(cost_amount * 0.75)::decimal(38, 12), cost_amount - (cost_amount * 0.75)::decimal(38, 12)]) as cost_amount
from fct_costs
where cost_amount is not null
"""
"""Research bears three quarters of everything, product the rest."""

CANDIDATES = """
create table fct_cost_candidates (
    cost_date date, provider varchar, account_name varchar, source_kind varchar, source varchar, host varchar,
    currency varchar, cost_amount decimal(38, 12), cost_basis varchar, is_credit_purchase boolean
)
"""

AS_OF = datetime(2026, 4, 1, 12, tzinfo=UTC)
"""A Wednesday, in the middle of the day."""


@contextmanager
def published(
    *costs: dict[str, Any],
    is_sample: bool = False,
    database: Path | str = ":memory:",
    build_id: str = "b1",
    as_of: datetime = AS_OF,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a build that holds `costs`, in memory or in a new file."""
    connection = duckdb.connect(database)
    try:
        columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
        connection.execute(f"create table fct_costs ({columns})")
        if costs:
            connection.register("costs", pa.Table.from_pylist([*costs]))
            connection.execute("insert into fct_costs by name from costs")
        connection.execute("create table rpt_build (build_id varchar, is_sample boolean, as_of timestamptz)")
        connection.execute(
            "insert into rpt_build values ($name, $is_sample, $as_of)",
            {"name": build_id, "is_sample": is_sample, "as_of": as_of},
        )
        connection.execute(BORNE)
        connection.execute(CANDIDATES)
        connection.execute(
            "create table dim_models (provider varchar, model_id varchar, vendor varchar, unpriced_reasons varchar)"
        )
        connection.execute("insert into dim_models values ('groq', 'llama-4', 'meta', null)")
        yield connection
    finally:
        connection.close()
