"""What a reader that knows only the format finds in an export: one file a format, named as the format's module.

A file here defines `amounts`: the amounts of the file at a path, those that are reported.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any


def amounts_in(path: Path, format_name: str) -> list[Decimal]:
    """The amounts in the export of a format at `path`."""
    reader = importlib.import_module(f"{__name__}.as_{format_name.replace('-', '_')}")
    found: list[Decimal] = reader.amounts(path)
    return found


def text_amounts(rows: Iterable[dict[str, Any]], column: str = "cost_amount") -> list[Decimal]:
    """Amounts that are text in `column`."""
    return [Decimal(row[column]) for row in rows if row[column] not in {None, ""}]
