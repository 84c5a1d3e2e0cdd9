"""The DuckDB files, working and published, and the only place that opens them.

The working file has one writer at a time and can be made anew from landing whenever it is lost. Readers get
the published file: a copy that passed its checks, replaced by one rename, so that a reader keeps the whole old
build or gets the whole new one. Loading hands the dbt project its inputs; what they mean is told there.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from pipelines.domain.records import TOKEN_COLUMNS
from pipelines.errors import BuildError, HomeError, NothingPublishedError
from pipelines.landing.files import flush_folder
from pipelines.prices.unit_prices import UnitPrice
from pipelines.prices.uses import Use, UseKey

_TEXT, _COUNT, _MOMENT = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")
_AMOUNT = pa.decimal128(38, 12)

_UNIT_PRICES = pa.schema(
    {
        "provider": _TEXT,
        "model_raw": _TEXT,
        "service_tier": _TEXT,
        "speed": _TEXT,
        "inference_geo": _TEXT,
        "is_batch": pa.bool_(),
        "meter": _TEXT,
        "min_input_tokens": _COUNT,
        "valid_from": _MOMENT,
        "valid_to": _MOMENT,
        "unit_price": pa.decimal128(38, 18),
        "currency": _TEXT,
        "price_version": _TEXT,
        "model_id": _TEXT,
    }
)

METERS_OF_USES = (*TOKEN_COLUMNS, "unsplit_tokens", "web_search_requests")
"""The landing columns whose counts need a price."""

SPILL_FOLDER = ".spill"
LOCKED = "IO Error: Could not set lock"
REFUSED = ("IO Error: Cannot open file", "IO Error: Could not read from file")
"""How DuckDB words what the system refused, such as a permission; the file itself may be whole."""

TABLES: Mapping[str, pa.Schema] = {
    "partitions": pa.schema(
        {
            "source_kind": _TEXT,
            "source": _TEXT,
            "feed": _TEXT,
            "partition_day": pa.date32(),
            "row_count": _COUNT,
            "observed_at": _MOMENT,
            "generation": _COUNT,
            "file": _TEXT,
            "sha256": _TEXT,
            "account_name": _TEXT,
            "counted_as": _TEXT,
        }
    ),
    "feeds": pa.schema(
        {
            "source_kind": _TEXT,
            "source": _TEXT,
            "feed": _TEXT,
            "last_attempt_at": _MOMENT,
            "last_success_at": _MOMENT,
            "status": _TEXT,
            "message": _TEXT,
            "rejected_lines": _COUNT,
            "findings": pa.list_(_TEXT),
            "expected_every_hours": pa.int32(),
        }
    ),
    "sources": pa.schema(
        {
            "source_kind": _TEXT,
            "source": _TEXT,
            "provider": _TEXT,
            "title": _TEXT,
            "statement": _TEXT,
            "statement_kind": _TEXT,
            "precedence": pa.int32(),
            "is_provider_statement": pa.bool_(),
            "final_after": pa.int32(),
        }
    ),
    "unit_prices": _UNIT_PRICES,
    "restated_prices": _UNIT_PRICES.append(pa.field("price_basis", _TEXT)),
    "restated_uses": pa.schema([field for field in _UNIT_PRICES if field.name in UseKey._fields]),
    "unpriced_uses": pa.schema(dict.fromkeys(("provider", "model_raw", "reason"), _TEXT)),
    "model_names": pa.schema(
        dict.fromkeys(("provider", "model_raw", "vendor", "family", "model_name", "model_version"), _TEXT)
    ),
    "names": pa.schema(
        {
            **dict.fromkeys(("provider", "account_name", "kind", "id", "name"), _TEXT),
            "first_seen_at": _MOMENT,
            "last_seen_at": _MOMENT,
        }
    ),
    "agent_billing": pa.schema({"source": _TEXT, "host": _TEXT, "billing": _TEXT}),
    "paid_accounts": pa.schema(
        {"account_name": _TEXT, "source": _TEXT, "host": _TEXT, "provider": _TEXT, "pays": _TEXT}
    ),
    "prepaid_accounts": pa.schema({"provider": _TEXT, "account_name": _TEXT}),
    "balances": pa.schema(
        {
            "provider": _TEXT,
            "account_name": _TEXT,
            "currency": _TEXT,
            "amount": _AMOUNT,
            "observed_at": _MOMENT,
        }
    ),
    "budgets": pa.schema(
        {
            "budget": _TEXT,
            "amount": _AMOUNT,
            "currency": _TEXT,
            "period": _TEXT,
            "since": pa.date32(),
            "until": pa.date32(),
            "rollover": pa.bool_(),
            "rollover_cap": _AMOUNT,
            "alert_at": pa.list_(pa.int32()),
        }
    ),
    "budget_scopes": pa.schema({"budget": _TEXT, "dimension": _TEXT, "value": _TEXT}),
    "cost_center_rules": pa.schema(
        {"rule": _COUNT, "cost_center": _TEXT, "percent": _AMOUNT, "since": pa.date32(), "until": pa.date32()}
    ),
    "cost_center_scopes": pa.schema({"rule": _COUNT, "dimension": _TEXT, "value": _TEXT}),
    "exchange_rates": pa.schema({"rate_date": pa.date32(), "currency": _TEXT, "rate": _AMOUNT, "source": _TEXT}),
    "build": pa.schema(
        {
            "build_id": _TEXT,
            "as_of": _MOMENT,
            "currency": _TEXT,
            "is_sample": pa.bool_(),
            "organisation": _TEXT,
            "app_version": _TEXT,
            "project_digest": _TEXT,
            "timezone": _TEXT,
            "tolerance_percent": _AMOUNT,
        }
    ),
}
"""The dbt sources of schema `landing` beside usage_records, with their columns and types."""


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory, for looking into files that belong to no build."""
    connection = duckdb.connect(":memory:")
    try:
        yield _in_utc(connection)
    finally:
        connection.close()


@dataclass(frozen=True)
class Warehouse:
    """The two files of one home."""

    working: Path
    published: Path

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The working file, open for writing. A damaged file is moved aside and made anew from landing.

        Raises:
            BuildError: another process has it open.
            HomeError: it cannot be opened, though it may be whole.
        """
        self.working.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = duckdb.connect(self.working)
        except duckdb.Error as error:
            # DuckDB has no class of its own for most damage: what is neither a lock nor the system's refusal is that.
            if str(error).startswith(LOCKED):
                raise BuildError(f"{self.working.name} is open in another process: {_lock_holder(error)}") from error
            if str(error).startswith(REFUSED):
                raise HomeError(f"{_plain(error)}: make {self.working} a file that can be read and written") from error
            self._move_aside()
            connection = duckdb.connect(self.working)
        try:
            yield _in_utc(connection)
        finally:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The published file, read-only.

        Raises:
            NothingPublishedError: no build has passed its checks yet.
            BuildError: the file is damaged.
        """
        if not self.published.exists():
            raise NothingPublishedError("no build has been published here yet: run `ai-costs run` first")
        with scratch() as connection:
            try:
                # Attached, because a second `connect` of one process gets the file that the first one opened, even
                # after another build took its place.
                connection.execute("attach $file as published (read_only)", {"file": str(self.published)})
            except duckdb.Error as error:
                raise BuildError(
                    f"{self.published.name} cannot be read ({_plain(error)}): run `ai-costs rebuild` to make it anew"
                ) from error
            connection.execute("use published")
            # What is larger than memory goes beside the file, not to the folder that the command was called in.
            connection.execute("set temp_directory = $folder", {"folder": str(self.published.parent / SPILL_FOLDER)})
            yield connection

    def publish(self) -> None:
        """Copy the working file, and put the copy in the published file's place by one rename.

        Raises:
            HomeError: the copy cannot be written; what was published stays.
        """
        copy = self.published.with_suffix(".publishing")
        try:
            # Copied while it is open, so that no other process can write it meanwhile.
            with self.writing() as connection:
                connection.execute("checkpoint")
                shutil.copyfile(self.working, copy)
            with copy.open("rb") as handle:
                os.fsync(handle.fileno())
            copy.replace(self.published)
        except OSError as error:
            copy.unlink(missing_ok=True)
            raise HomeError(
                f"{self.published} cannot be written ({error.strerror}): a build needs room for a second copy; "
                "what was published before stays"
            ) from error
        flush_folder(self.published.parent)

    def discard_working(self) -> None:
        """Forget the working file, so that the next build starts from landing alone."""
        for path in (self.working, self.working.with_name(self.working.name + ".wal")):
            path.unlink(missing_ok=True)

    def _move_aside(self) -> None:
        self.working.replace(self.working.with_suffix(".damaged"))
        self.working.with_name(self.working.name + ".wal").unlink(missing_ok=True)


def load_table(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Fill landing.<name>, one of `TABLES`, with `rows`."""
    _replace_table(connection, name, pa.Table.from_pylist(list(rows), schema=TABLES[name]))


def monthly_uses(connection: duckdb.DuckDBPyConnection) -> list[Use]:
    """Each combination of landed usage that decides a price, once for each UTC month it was seen in."""
    counted = ", ".join(
        f"max(case when cost_amount is null and {name} > 0 then '{name}' end)" for name in METERS_OF_USES
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
    """The UTC day the build in this file stands for, which is not complete yet."""
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


def _in_utc(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection.execute("set TimeZone = 'UTC'")
    # A bar that DuckDB draws by itself would end up in the middle of other output.
    connection.execute("set enable_progress_bar = false")
    return connection


def _plain(error: duckdb.Error) -> str:
    """DuckDB's message without its class and its links."""
    return str(error).removeprefix("IO Error: ").partition(". See also")[0].partition("\n")[0]


def _lock_holder(error: duckdb.Error) -> str:
    """The part of DuckDB's message that names the process, and what to do."""
    text = str(error)
    start, end = text.find("held in"), text.find(")", text.find("PID"))
    holder = text[start : end + 1] if 0 <= start < end else "another process holds its lock"
    return f"{holder}; close it, or wait for the other run to finish"
