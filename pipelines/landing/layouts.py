"""Which columns a landed file has: those of the version that wrote it.

Landing's columns follow from the registry of meters, so they grow. A manifest names the layout of each day's file;
files are never written anew because a meter was added, and a meter that a file's version did not know is null.
"""

from __future__ import annotations

import hashlib

import pyarrow as pa

from pipelines.domain.records import LANDING_SCHEMA


def layout_of(schema: pa.Schema) -> str:
    """A short digest of a file's columns and their types; files of one layout are read together."""
    stated = ", ".join(f"{field.name} {field.type}" for field in schema)
    return hashlib.sha256(stated.encode()).hexdigest()[:8]


LAYOUT = layout_of(LANDING_SCHEMA)
"""The layout that is written."""
FIRST_LAYOUT = "first"
"""That of version 1, which manifests do not name: it has no columns for the meters that came later."""


def widened(table: pa.Table, schema: pa.Schema = LANDING_SCHEMA) -> pa.Table:
    """`table` with all columns of `schema`, in its order."""
    there = dict(zip(table.column_names, table.columns, strict=True))
    columns = [there[field.name] if field.name in there else pa.nulls(table.num_rows, field.type) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)
