"""Reading what is left of a damaged outbox, so that what was sent is not sent again.

Belongs here: rows out of a SQLite file that breaks off, or that another version has written. Does not: where they go.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_DATES = "%Y-%m-%d %H:%M:%S.%f"


def readable_rows(damaged: Path, table: sa.Table) -> Iterator[dict[str, Any]]:
    """The rows of `table` on both sides of the damage, with a value for every column that needs one.

    They are read from the first on and from the last back, each time up to where the file breaks off; of a table that
    does not break off every row comes twice.
    """
    for direction in ("asc", "desc"):
        try:
            with closing(sqlite3.connect(f"{damaged.resolve().as_uri()}?mode=rw", uri=True)) as connection:
                connection.row_factory = sqlite3.Row
                select = f'select * from "{table.name}" order by rowid {direction}'  # noqa: S608 - a table of ours
                for row in connection.execute(select):
                    yield {column.name: _value(row, column) for column in table.columns}
        except (sqlite3.Error, ValueError):
            continue


def _value(row: sqlite3.Row, column: sa.Column[Any]) -> Any:
    """What the row has for `column`; where another version had no such column, what says least.

    Raises:
        ValueError: it is not a value of the column's type.
    """
    value = row[column.name] if column.name in row.keys() else None  # noqa: SIM118 - a row is not a mapping
    if isinstance(column.type, sa.DateTime):
        if value is not None:
            return datetime.strptime(str(value), _DATES)  # noqa: DTZ007 - the outbox keeps UTC without its mark
        return None if column.nullable else datetime.now(UTC).replace(tzinfo=None)
    if value is None and not column.nullable:
        return 0 if isinstance(column.type, sa.Integer) else ""
    return value
