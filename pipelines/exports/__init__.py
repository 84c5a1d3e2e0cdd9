"""Exports of the published costs: one file per format, found here by name.

Belongs here: which rows an export holds (the .sql files), and the shape of each format. A format module is named
`as_<name>` and states `FORMAT`. Does not: what the rows mean (the dbt project).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from pipelines.domain.registry import members

ROWS_AT_ONCE = 10_000
COSTS, FOCUS = "costs", "focus"
"""What an export's rows are: those of fct_costs, or FOCUS 1.2."""


@dataclass(frozen=True)
class Rows:
    """A query whose rows an export writes, with what its manifest says of them, and lines to put below them.

    `report` is called with the share of rows that a writer has streamed.
    """

    connection: duckdb.DuckDBPyConnection
    query: str
    metadata: dict[str, Any]
    footer: tuple[str, ...] = ()
    report: Callable[[float], None] = lambda _: None

    @property
    def columns(self) -> dict[str, str]:
        """The columns in order, with their types."""
        relation = self.connection.sql(self.query)
        return dict(zip(relation.columns, map(str, relation.types), strict=True))

    def select(self, select: str) -> str:
        """A query of `select` over the rows, named `rows` there."""
        return f"with rows as ({self.query}) select {select} from rows"  # noqa: S608 - both are this room's own

    def copy(self, select: str, path: Path, options: str) -> None:
        """Stream `select` over the rows to `path` through DuckDB's COPY."""
        # The options are this room's too; only the path comes from outside, as a bound value.
        self.connection.execute(f"copy ({self.select(select)}) to $target ({options})", {"target": str(path)})

    def texts(self, select: str) -> Iterator[tuple[str]]:
        """Stream `select`, which is one text, over the rows."""
        result = self.connection.execute(self.select(select))
        total, done = self.metadata["row_count"], 0
        while batch := result.fetchmany(ROWS_AT_ONCE):
            yield from batch
            done += len(batch)
            self.report(done / total)


@dataclass(frozen=True)
class ExportFormat:
    """A format: its name on the command line, the ending of its files, which rows it holds, and what writes one.

    `title` is its description in docs/configuration.md.
    `is_standing`: every build writes it. `has_footer`: its writer can put lines below the rows.
    """

    name: str
    suffix: str
    write: Callable[[Rows, Path], None]
    title: str = field(kw_only=True)
    rows: str = COSTS
    is_standing: bool = False
    has_footer: bool = False


@cache
def formats() -> dict[str, ExportFormat]:
    """Every format of this folder by name.

    Raises:
        ValueError: two modules claim one name.
    """
    return members(
        __name__, __path__, constant="FORMAT", kind=ExportFormat, name_of=lambda known: known.name, prefix="as_"
    )


def standing_formats() -> dict[str, ExportFormat]:
    """The formats that every build writes."""
    return {name: export_format for name, export_format in formats().items() if export_format.is_standing}
