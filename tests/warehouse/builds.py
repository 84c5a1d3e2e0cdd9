"""Small builds to publish: one number that is in every row, so that a torn build shows."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.builds.current import PUBLISHED
from pipelines.builds.store import Builds
from pipelines.warehouse.files import Warehouse, load_table

AS_OF = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROWS = 50_000


def warehouse_in(folder: Path) -> Warehouse:
    return Warehouse(folder / "warehouse" / "working.duckdb", folder / "warehouse" / "published.duckdb")


def make(files: Warehouse, number: int) -> None:
    """Put build `number` into the working file."""
    with files.writing() as connection:
        load_table(connection, "build", [{"build_id": f"build-{number}", "as_of": AS_OF}])
        connection.execute(f"create or replace table figures as select {number} as figure from range({ROWS})")  # noqa: S608 - a number


def publish(files: Warehouse, number: int) -> None:
    make(files, number)
    show_working(files)


def show_working(files: Warehouse) -> None:
    """Let readers see what is in the working file."""
    builds = builds_of(files)
    files.copy_working(builds.prepare("run") / PUBLISHED)
    builds.show("run", "build", [PUBLISHED])


def builds_of(files: Warehouse) -> Builds:
    return Builds(files.working.parents[1])


def figure(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the build that a connection sees; the rows and the name must be of one build."""
    counted = connection.sql("select min(figure), max(figure), count(*) from main.figures").fetchall()
    ((name,),) = connection.sql("select build_id from landing.build").fetchall()
    number = int(name.removeprefix("build-"))
    assert counted == [(number, number, ROWS)]
    return number


def published_figure(files: Warehouse) -> int:
    with files.reading() as connection:
        return figure(connection)
