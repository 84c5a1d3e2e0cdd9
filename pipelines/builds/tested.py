"""Proof that the tables of the working file are those that passed their tests.

Each step of a build leaves a record of its tables, their rows counted and hashed, once it has succeeded whole. The
records are in the working file, in schema `tested`. What was killed half-way, built in part, changed afterwards or
made from tables of another build has no record that fits, and is not published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import duckdb

from pipelines.errors import BuildError
from pipelines.presentation.messages import STAYS_PUBLISHED
from pipelines.warehouse.files import build_id

FACTS, FORECASTS, ANOMALIES, FORECAST_MARTS = "facts", "cost_forecasts", "anomalies", "forecast_marts"
MADE_FROM = {FACTS: (), FORECASTS: (FACTS,), ANOMALIES: (FACTS,), FORECAST_MARTS: (FACTS, FORECASTS, ANOMALIES)}
"""The steps that make a build's tables, and the steps whose tables each one reads."""

RECORDS_TOO_MANY_TO_HASH = "landing.usage_records"
"""The landed rows. `landing.partitions` names the files they are read from, with the hash of each."""

NEXT_STEP = f"run `ai-costs run`, or materialize all of refresh_costs; {STAYS_PUBLISHED}"
Contents = dict[str, str]
"""Rows counted and hashed, by the table's name with its schema."""


def record(connection: duckdb.DuckDBPyConnection, step: str, tables: Iterable[str]) -> None:
    """Note what `step` left in `tables` (names with their schema; views are left out), after all of it succeeded.

    Nothing is noted if a table that the step was made from has no record that fits: its result is then as untested as
    they are.
    """
    forget(connection, step)
    if any(True for former in MADE_FROM[step] for _ in _objections(connection, former)):
        return
    present = _tables(connection)
    made = sorted(present & {*tables, *(_inputs(present) if step == FACTS else ())})
    connection.execute("create schema if not exists tested")
    connection.execute(
        "create table if not exists tested.tables (step varchar, build_id varchar, made_from varchar, name varchar, "
        "contents varchar)"
    )
    made_from = _made_from(connection, step)
    build = build_id(connection)
    connection.executemany(
        "insert into tested.tables values (?, ?, ?, ?, ?)",
        [(step, build, made_from, name, _contents(connection, name)) for name in made],
    )


def forget(connection: duckdb.DuckDBPyConnection, step: str) -> None:
    """Remove the record of `step`, whose tables are about to change or failed a test."""
    if "tested.tables" in _tables(connection):
        connection.execute("delete from tested.tables where step = ?", [step])


def require(connection: duckdb.DuckDBPyConnection) -> None:
    """See that every step of this build passed its tests and nothing was changed since.

    Raises:
        BuildError: with the first steps or tables of which that is not so.
    """
    objections = [objection for step in MADE_FROM for objection in _objections(connection, step)]
    if objections:
        raise BuildError(
            f"the build was not published, because it is not tested: {'; '.join(objections[:5])}. {NEXT_STEP}"
        )


def _objections(connection: duckdb.DuckDBPyConnection, step: str) -> Iterator[str]:
    """Why the tables of `step` are not those that passed, each in a few words."""
    rows: list[tuple[str, str, str, str]] = []
    if "tested.tables" in _tables(connection):
        found = connection.table("tested.tables").filter(f"step = '{step}'")
        rows = found.project("build_id, made_from, name, contents").fetchall()
    if not rows:
        yield f"step {step} has not passed since its tables were made"
    elif {build for build, *_ in rows} != {build_id(connection)}:
        yield f"step {step} passed for build {rows[0][0]}, not for {build_id(connection)}"
    elif {made_from for _, made_from, *_ in rows} != {_made_from(connection, step)}:
        yield f"step {step} was made from other tables than those of this build"
    else:
        present = _tables(connection)
        for _, _, name, contents in rows:
            if name not in present:
                yield f"table {name} is gone since it was tested"
            elif _contents(connection, name) != contents:
                yield f"table {name} was changed after its tests"


def _made_from(connection: duckdb.DuckDBPyConnection, step: str) -> str:
    """One text for the recorded tables of the steps that `step` reads."""
    if not MADE_FROM[step]:
        return ""
    names = ", ".join(f"'{former}'" for former in MADE_FROM[step])
    recorded = connection.table("tested.tables").filter(f"step in ({names})")
    ((found,),) = recorded.aggregate("md5(string_agg(name || contents, ',' order by step, name))").fetchall()
    return str(found)


def _inputs(present: Iterable[str]) -> Iterator[str]:
    return (name for name in present if name.startswith("landing.") and name != RECORDS_TOO_MANY_TO_HASH)


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    rows = connection.sql("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
    return {name for (name,) in rows}


def _contents(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    # A sum, because it does not depend on the order of rows, and equal rows do not cancel each other out in it.
    ((rows, total),) = connection.table(name).set_alias("line").aggregate("count(*), sum(hash(line))").fetchall()
    return f"{rows} rows, {total}"
