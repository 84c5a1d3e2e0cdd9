"""The database that alerts are in: SQLite by default, PostgreSQL by URL; its transactions, and its way with moments.

Belongs here: opening it. Does not: its tables (schema.py) and what is written in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from notifications import schema


class Database:
    """A database of alerts in a SQLite file, or at an SQLAlchemy URL; its tables are brought up to date."""

    def __init__(self, place: Path | str | sa.URL) -> None:
        if isinstance(place, Path):
            place.parent.mkdir(parents=True, exist_ok=True)
        url = sa.URL.create("sqlite", database=str(place)) if isinstance(place, Path) else place
        self._engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", _make_durable)
            sa.event.listen(self._engine, "begin", _begin)
        with self.transaction() as connection:
            schema.upgrade(connection)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A transaction that writes, one at a time: all of it is written, or nothing."""
        with self._engine.execution_options(sqlite_begin="begin immediate").begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(WRITE_LOCK)))
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that only reads."""
        with self._engine.connect() as connection:
            yield connection


WRITE_LOCK = 4_717_225
"""An arbitrary number, by which PostgreSQL lets one transaction at a time write."""


def _make_durable(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # a transaction begins where `_begin` says so, and not at its first write
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "busy_timeout = 30000"):
        connection.execute(f"pragma {pragma}")


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "begin"))


def naive(moment: datetime) -> datetime:
    """UTC without its mark: SQLite stores no time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def aware(moment: datetime) -> datetime:
    """UTC with its mark, as it was before it was stored."""
    return moment.replace(tzinfo=UTC)
