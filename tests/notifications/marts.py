"""The marts as their contracts state them, without a row: for queries that need them to be there."""

from __future__ import annotations

import duckdb
import yaml

from pipelines.warehouse.transform import PROJECT


def create_missing_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """Create each mart that is not there yet."""
    for path in sorted(path for layer in ("marts", "reports") for path in (PROJECT / "models" / layer).glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            columns = ", ".join(f'"{column["name"]}" {column["data_type"]}' for column in model["columns"])
            connection.execute(f"create table if not exists {model['name']} ({columns})")
