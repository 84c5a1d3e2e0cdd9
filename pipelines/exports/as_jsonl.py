"""JSON Lines: one object a line. Amounts are text, because a JSON number is a float to most readers.

The text of a row is made by DuckDB and written from here: its JSON writer holds gigabytes of a large table.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.exports import ExportFormat, Rows


def objects(rows: Rows) -> Iterator[str]:
    """Stream each row as the text of a JSON object, its decimals as text."""
    fields = ", ".join(
        f'"{name}" := "{name}"::varchar' if kind.startswith("DECIMAL") else f'"{name}" := "{name}"'
        for name, kind in rows.columns.items()
    )
    return (text for (text,) in rows.texts(f"to_json(struct_pack({fields}))::varchar"))


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        handle.writelines(f"{text}\n" for text in objects(rows))


FORMAT = ExportFormat("jsonl", ".jsonl", write, title="one object a line; amounts are text")
