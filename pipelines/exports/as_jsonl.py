"""JSON Lines: one object a line. Amounts are text, because a JSON number is a float to most readers."""

from __future__ import annotations

from pathlib import Path

from pipelines.exports import ExportFormat, Rows


def exact_cells(columns: dict[str, str]) -> str:
    """A select list that turns decimals into their text."""
    return ", ".join(
        f'"{name}"::varchar as "{name}"' if kind.startswith("DECIMAL") else f'"{name}"'
        for name, kind in columns.items()
    )


def write(rows: Rows, path: Path) -> None:
    """Stream the rows to `path`."""
    rows.copy(exact_cells(rows.columns), path, "format json")


FORMAT = ExportFormat("jsonl", ".jsonl", write)
