"""Dagster's event log in SQLite, its files open for as long as the run.

Belongs here: how events reach the files that Dagster's storage reads and writes. Does not: which events there are.
Dagster's storage opens and checkpoints a file again for every event, and a run has a thousand: a fifth of the run's
processor time and half of what it wrote to disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError

from pipelines.failures.lower_errors import explained
from pipelines.state import is_passing


class OpenEventLog(SqliteEventLogStorage):
    """The storage that Dagster has by default, with one connection for each file. An event is committed as it comes."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> OpenEventLog:
        """What Dagster makes of the instance's settings."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if shard not in self._engines:
                self._engines[shard] = self._opened(shard)
            try:
                with self._engines[shard].begin() as connection:
                    yield connection
            except SQLAlchemyError as error:
                # Dagster prints what it cannot write, and SQLAlchemy's message is the whole statement with its values.
                if is_passing(error) and (meant := explained(error)):
                    raise meant from error
                raise

    def _opened(self, shard: str) -> Engine:
        waiting = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
        engine = create_engine(self.conn_string_for_shard(shard), pool_size=1, connect_args=waiting)
        self._initdb(engine)
        return engine

    def dispose(self) -> None:
        """Close the files."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def open_instance(folder: Path) -> dg.DagsterInstance:
    """The instance of `folder`, for one run in this process. What it writes, any other process may read meanwhile."""
    storage = {
        "module": OpenEventLog.__module__,
        "class": OpenEventLog.__name__,
        "config": {"base_dir": str(folder / "history" / "runs")},
    }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(folder), overrides={"event_log_storage": storage}))
