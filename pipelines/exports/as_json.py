"""JSON: an object of metadata and records. Amounts are text, because a JSON number is a float to most readers."""

from __future__ import annotations

from itertools import chain, repeat
from pathlib import Path

import orjson

from pipelines.exports import ExportFormat, Rows
from pipelines.exports.as_jsonl import objects


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`, behind the metadata."""
    breaks = chain(["\n"], repeat(",\n"))
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.write(f'{{"metadata":{orjson.dumps(rows.metadata).decode()},\n"records":[')
        # Not strict: the breaks have no end.
        handle.writelines(f"{before}{text}" for text, before in zip(objects(rows), breaks, strict=False))
        handle.write("\n]}\n")


FORMAT = ExportFormat(
    "json", ".json", write, is_standing=True, title="one object of metadata and records; amounts are text"
)
