"""Whatever alongside landing is damaged, gone or of another version: the next run goes on, and every figure stays."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.e2e.installation import Installation
from tests.e2e.test_user_data import EQUAL, sums

GARBAGE = b"not what was written here" * 1000


@pytest.fixture
def harmed(started: Installation, tmp_path: Path) -> Installation:
    return started.copy(tmp_path / "person")


def run(installation: Installation) -> str:
    """A run with something to build, because the report is gone; give what it warned of."""
    (installation.data / "reports" / "ai-costs.html").unlink()
    done = installation.ai_costs("run")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def asides(installation: Installation) -> set[str]:
    return {path.name.partition(".damaged-")[0] for path in installation.data.rglob("*.damaged-*")}


def damaged_inside(database: Path) -> None:
    """Damage blocks of the landed records, which a build reads long after it opened the file."""
    whole = database.read_bytes()
    for place in range(3 * 4096 + 200, len(whole), 8192):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        database.write_bytes(damaged)
        try:
            connection = duckdb.connect(database)
        except duckdb.Error:
            continue
        with closing(connection):
            try:
                connection.execute("select count(hash(records)) from landing.usage_records as records").fetchall()
            except duckdb.Error:
                return
    raise AssertionError(database)


def test_whatever_is_damaged_at_once_is_set_aside_and_the_run_goes_on(harmed: Installation):
    state = harmed.data / "state"
    damaged_inside(harmed.data / "warehouse" / "working.duckdb")
    for name in ("extractions.json", "outbox.sqlite", "dagster/history/runs.db", "dbt/parsed/partial_parse.msgpack"):
        (state / name).write_bytes(GARBAGE)
    (state / "dagster" / "dagster.yaml").write_bytes(b"")
    for name in ("run.lock", "extractions.lock"):
        (state / name).unlink()
        (state / name).mkdir()
    for command in (("verify",), ("doctor",), ("alerts", "list"), ("report",)):
        done = harmed.ai_costs(*command)
        assert "Traceback" not in done.stderr + done.stdout
        assert done.returncode == 0, done.stderr
    warnings = run(harmed)
    assert sums(harmed) == EQUAL
    assert asides(harmed) == {
        "working.duckdb",
        "extractions.json",
        "outbox.sqlite",
        "history",
        "schedules",
        "dagster.yaml",
        "run.lock",
        "extractions.lock",
    }
    for name in ("working.duckdb is damaged inside (Corrupt database file", "history cannot be used, because runs.db"):
        assert name in warnings
    assert "set aside" in {row["subject"] for row in harmed.json("doctor")}


def test_what_is_gone_or_of_another_version_is_made_anew(harmed: Installation):
    state = harmed.data / "state"
    with closing(duckdb.connect(harmed.data / "warehouse" / "working.duckdb")) as connection:
        connection.execute("update landing.build set project_digest = 'of another version'")
        connection.execute("drop table landing.budgets")
        connection.execute("create view landing.budgets as select 7 as budget")
        connection.execute("alter table landing.usage_records drop column note")
    with closing(sqlite3.connect(state / "outbox.sqlite")) as connection:
        connection.execute("drop table deliveries")
        connection.execute("alter table alerts drop column rule")
    with closing(sqlite3.connect(state / "dagster" / "history" / "runs" / "index.db")) as connection:
        connection.execute("drop table asset_keys")
        connection.commit()
    (state / "extractions.json").unlink()
    shutil.rmtree(state / "dbt" / "target")
    run(harmed)
    assert sums(harmed) == EQUAL
    assert asides(harmed) == {"outbox.sqlite", "history", "schedules"}
