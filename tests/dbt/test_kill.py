"""A build that is killed between any two models leaves readers the whole former build, and the next one is complete."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipelines.warehouse.files import Warehouse
from tests.dbt.company import CHANGED
from tests.dbt.conftest import BEFORE_FORECASTS, contents, copied

ROOT = Path(__file__).parents[2]

# Builds and publishes in a process that kills itself when dbt says that so many models are made.
BUILDER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from pipelines.warehouse import transform
from pipelines.warehouse.files import Warehouse

fatal, made = int(sys.argv[2]), 0

class Fatal(frozenset):
    def __contains__(self, event):
        global made
        made += event == "LogModelResult"
        if made == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().__contains__(event)

transform.RESULT_EVENTS = Fatal(transform.RESULT_EVENTS)
working = Path(sys.argv[1])
build = transform.Transform(working.parent, Path(sys.argv[3])).build(*sys.argv[4:])
assert build.failures == (), build.failures
Warehouse(working, working).copy_working(working.with_name("published.duckdb"))
"""
NEVER = -1


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def run(database: Path, fatal: int) -> subprocess.CompletedProcess[str]:
    arguments = [str(database), str(fatal), str(database.parent.parent), *BEFORE_FORECASTS]
    command = [sys.executable, "-c", BUILDER.format(root=str(ROOT)), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def count_of_models(company: Path) -> int:
    """What a build makes: each table and view of the project that the company's database has."""
    with closing(duckdb.connect(company, read_only=True)) as connection:
        made = "select count(*) from information_schema.tables where table_schema = 'main'"
        return int(connection.sql(made).fetchall()[0][0])


@pytest.mark.long
def test_a_build_killed_between_any_two_models_is_never_seen_and_the_next_is_complete(company: Path, changed: Path):
    database = copied(company, "killed")
    published = database.with_name("published.duckdb")
    Warehouse(database, published).copy_working(published)
    former = hash_of(published)
    CHANGED.write(database)
    for fatal in range(1, count_of_models(company) + 1):
        assert run(database, fatal).returncode == -signal.SIGKILL
        assert hash_of(published) == former
    completed = run(database, NEVER)
    assert completed.returncode == 0, completed.stderr
    assert contents(published) == contents(changed)
