"""The DuckDB files, working and published, and the only place that opens them.

The working file has one writer at a time and can be rebuilt from landing whenever it is lost. Readers get
the published file: a copy that passed its checks and never changes, in the folder of its build. Loading hands the dbt
project its inputs; what they mean is reported there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from pipelines.domain.meters import METERS
from pipelines.errors import HomeError
from pipelines.failures.duckdb_errors import is_damage, is_refusal, plain
from pipelines.presentation.messages import STAYS_PUBLISHED
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import Use
from pipelines.state import set_aside
from pipelines.warehouse.landing_tables import TABLES
from pipelines.warehouse.opening import SPILL_FOLDER, in_utc, read_published, unlocked

if TYPE_CHECKING:
    import pandas as pd

METERS_OF_USES = tuple(meter.name for meter in METERS if meter.needs_price)
"""The landing columns whose counts need a price."""


@dataclass(frozen=True)
class Warehouse:
    """The two files of one home."""

    working: Path
    published: Path

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The working file, open for writing. A damaged file is set aside and rebuilt from landing.

        Raises:
            BusyError: another process has it open, and has not closed it in time.
            HomeError: it cannot be opened, though it may be intact.
        """
        self.working.parent.mkdir(parents=True, exist_ok=True)
        if self.working.is_dir():
            self._set_aside("is a folder where a file belongs")
        try:
            connection = unlocked(self.working, lambda: duckdb.connect(self.working))
        except duckdb.Error as error:
            # DuckDB has no separate class for most damage: what is neither a lock nor the system's refusal is that.
            if is_refusal(error):
                raise HomeError(f"{plain(error)}: make {self.working} a file that can be read and written") from error
            self._set_aside(f"cannot be read ({plain(error)})")
            connection = duckdb.connect(self.working)
        try:
            yield in_utc(connection)
        finally:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The published file, read-only.

        Raises:
            NothingPublishedError, BusyError, BuildError: as `read_published`.
        """
        with read_published(self.published, spill=self.working.parent / SPILL_FOLDER) as connection:
            yield connection

    def copy_working(self, target: Path) -> None:
        """Copy the working file to `target`, whole and on disk or not at all.

        Raises:
            HomeError: the copy cannot be written.
        """
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Copied while it is open, so that no other process can write it meanwhile.
            with self.writing() as connection:
                connection.execute("checkpoint")
                shutil.copyfile(self.working, target)
            with target.open("rb") as handle:
                os.fsync(handle.fileno())
        except OSError as error:
            with suppress(OSError):
                target.unlink()
            raise HomeError(
                f"{target} cannot be written ({error.strerror}): a build needs room for a second copy; "
                f"{STAYS_PUBLISHED}"
            ) from error

    def discard_working(self) -> None:
        """Forget the working file, so that the next build starts from landing alone."""
        for path in (self.working, self._journal):
            path.unlink(missing_ok=True)

    def set_working_aside_if_damaged(self) -> bool:
        """Read the working file whole, and set it aside if a block of it is damaged; say whether it was.

        A damaged block shows when it is read, which may be long after the file was opened.

        Raises:
            BusyError: another process has it open, and has not closed it in time.
        """
        if not self.working.is_file():
            return False
        try:
            connection = unlocked(self.working, lambda: duckdb.connect(self.working))
            with closing(connection):
                _read_whole(connection)
        except duckdb.Error as error:
            if not is_damage(error):
                return False
            self._set_aside(f"is damaged inside ({plain(error)})")
            return True
        return False

    def is_made_by(self, project_digest: str) -> bool:
        """Whether the working file is there and was made by this version of the models."""
        with self.writing() as connection:
            try:
                return connection.table("landing.build").project("project_digest").fetchall() == [(project_digest,)]
            except duckdb.Error:
                return False

    @property
    def _journal(self) -> Path:
        return self.working.with_name(self.working.name + ".wal")

    def _set_aside(self, reason: str) -> None:
        set_aside(self.working, reason, "It is rebuilt from landing, and no figure depends on it.")
        self._journal.unlink(missing_ok=True)


def load_table(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Fill landing.<name>, one of `TABLES`, with `rows`."""
    _replace_table(connection, name, pa.Table.from_pylist(list(rows), schema=TABLES[name]))


def monthly_uses(connection: duckdb.DuckDBPyConnection) -> list[Use]:
    """Each combination of landed usage that decides a price, once for each UTC month it was seen in."""
    counted = ", ".join(
        f"case when bool_or(cost_amount is null and {name} > 0) then '{name}' end" for name in METERS_OF_USES
    )
    rows = connection.execute(
        f"""
        select
            provider,
            model_raw,
            service_tier,
            speed,
            min(period_start)::date as first_day,
            max(period_start)::date,
            inference_geo,
            coalesce(is_batch, false),
            [{counted}]
        from landing.usage_records
        where model_raw is not null
        group by
            provider,
            model_raw,
            service_tier,
            speed,
            inference_geo,
            coalesce(is_batch, false),
            date_trunc('month', period_start)
        order by all
        """  # noqa: S608 - the names of meters are this project's own
    ).fetchall()
    return [replace(Use(*key), meters=tuple(filter(None, meters))) for *key, meters in rows]


def unit_prices(connection: duckdb.DuckDBPyConnection) -> list[UnitPrice]:
    """The prices that the build in this file was valued with."""
    table = connection.table("landing.unit_prices")
    return [UnitPrice(**dict(zip(table.columns, row, strict=True))) for row in table.fetchall()]


def write_frames(connection: duckdb.DuckDBPyConnection, schema: str, frames: Mapping[str, pd.DataFrame]) -> None:
    """Fill <schema>.<name> with each frame; the analytics' way back into the working file."""
    connection.execute(f"create schema if not exists {schema}")
    for name, frame in frames.items():
        connection.register("incoming_frame", frame)
        connection.execute(f"create or replace table {schema}.{name} as select * from incoming_frame")  # noqa: S608 - both names are this project's own
        connection.unregister("incoming_frame")


def build_day(connection: duckdb.DuckDBPyConnection) -> date:
    """The UTC day of the build in this file, which is not complete yet."""
    day: date = connection.table("landing.build").project("as_of::date").fetchall()[0][0]
    return day


def build_id(connection: duckdb.DuckDBPyConnection) -> str:
    """The name of the build in this file."""
    name: str = connection.table("landing.build").project("build_id").fetchall()[0][0]
    return name


def _replace_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    connection.execute("create schema if not exists landing")
    connection.register("incoming_table", table)
    connection.execute(f"create or replace table landing.{name} as select * from incoming_table")  # noqa: S608 - a key of TABLES
    connection.unregister("incoming_table")


def _read_whole(connection: duckdb.DuckDBPyConnection) -> None:
    tables = connection.execute("select schema_name, table_name from duckdb_tables() where not internal").fetchall()
    for schema, name in tables:
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (schema, name))
        connection.execute(f"select count(hash(whole)) from {quoted} as whole").fetchall()  # noqa: S608 - quoted above
