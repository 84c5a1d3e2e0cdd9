"""JSON: an object of metadata and records. Amounts are text, because a JSON number is a float to most readers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from shutil import copyfileobj

import duckdb
import orjson

from pipelines.exports import ExportFormat


def write(connection: duckdb.DuckDBPyConnection, rows: str, path: Path, metadata: dict[str, object]) -> None:
    """Stream the table `rows` to `path`, behind `metadata`."""
    relation = connection.table(rows)
    cells = [
        f"{name}::varchar as {name}" if str(kind).startswith("DECIMAL") else name
        for name, kind in zip(relation.columns, relation.types, strict=True)
    ]
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        array = Path(folder) / "records.json"
        chosen = relation.project(", ".join(cells))
        connection.register("json_records", chosen)
        connection.execute("copy json_records to $file (format json, array true)", {"file": str(array)})
        connection.unregister("json_records")
        with path.open("wb") as target, array.open("rb") as source:
            target.write(b'{"metadata":' + orjson.dumps(metadata) + b',\n"records":')
            copyfileobj(source, target)
            target.write(b"}\n")


FORMAT = ExportFormat("json", ".json", write)
