"""JSON: an object of metadata and records. Amounts are text, because a JSON number is a float to most readers."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfileobj

import orjson

from pipelines.exports import ExportFormat, Rows
from pipelines.exports.as_jsonl import exact_cells


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`, behind the metadata."""
    array = path.with_name(f"{path.name}.records")
    try:
        rows.copy(exact_cells(rows.columns), array, "format json, array true")
        with path.open("wb") as target, array.open("rb") as source:
            target.write(b'{"metadata":' + orjson.dumps(rows.metadata) + b',\n"records":')
            copyfileobj(source, target)
            target.write(b"}\n")
    finally:
        array.unlink(missing_ok=True)


FORMAT = ExportFormat("json", ".json", write, is_standing=True)
