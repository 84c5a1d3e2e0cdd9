"""Exports of fct_costs: one file per format, found here by name.

Belongs here: which rows an export holds, and the shape of each format. A format module is named `as_<name>`
and states `FORMAT`. Does not: what the rows mean (the dbt project).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class ExportFormat:
    """A format: its name on the command line, the ending of its files, and what writes one.

    `write(connection, rows, path, metadata)` writes every row of the table `rows` in its order.
    """

    name: str
    suffix: str
    write: Callable[[duckdb.DuckDBPyConnection, str, Path, dict[str, object]], None]


@cache
def formats() -> dict[str, ExportFormat]:
    """Every format of this folder by name.

    Raises:
        ValueError: two modules claim one name.
    """
    found: dict[str, ExportFormat] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if not module.name.startswith("as_"):
            continue
        export_format: ExportFormat = importlib.import_module(f"{__name__}.{module.name}").FORMAT
        if export_format.name in found:
            raise ValueError(f"two export formats are named {export_format.name}")
        found[export_format.name] = export_format
    return found
