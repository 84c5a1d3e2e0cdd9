"""Which columns a landed file has: those that its version knew and its rows state.

A day of one feed reports a quarter of landing's columns, and a file costs by its columns more than by its rows. So a
column in which every row is null is left out of the file, and files are not written again because a meter was added.
The manifest names the layout of each day's file.
"""

from __future__ import annotations

import hashlib

import pyarrow as pa

from pipelines.domain.records import LANDING_SCHEMA

FIRST_LAYOUT = "first"
"""That of version 1, which manifests do not name: it has all columns but those of the meters that came later."""
ALWAYS = frozenset({field.name for field in LANDING_SCHEMA if not field.nullable} | {"currency", "cost_amount"})
"""Columns of every file: the ones that a row must have, and the two that its control totals are made of."""


def layout_of(schema: pa.Schema) -> str:
    """A short digest of a file's columns and their types; files of one layout are read together."""
    reported = ", ".join(f"{field.name} {field.type}" for field in schema)
    return hashlib.sha256(reported.encode()).hexdigest()[:8]


def narrowed(table: pa.Table) -> pa.Table:
    """`table` without the columns that no row states."""
    columns = zip(table.column_names, table.columns, strict=True)
    reported = [name for name, column in columns if name in ALWAYS or column.null_count < table.num_rows]
    return table.select(reported)


def widened(table: pa.Table, schema: pa.Schema = LANDING_SCHEMA) -> pa.Table:
    """`table` with all columns of `schema`, in its order."""
    there = dict(zip(table.column_names, table.columns, strict=True))
    columns = [there[field.name] if field.name in there else pa.nulls(table.num_rows, field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)
