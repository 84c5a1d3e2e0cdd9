"""The event log of a run: files as of Dagster's storage, opened once, and readable while they are written."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.defs.event_log import open_instance

pytestmark = pytest.mark.e2e

CHECKS = 12
OPENED: list[str] = []
"""The database files that were opened while the test counted."""


COUNTING: list[bool] = []


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "sqlite3.connect" and COUNTING:
        OPENED.append(Path(str(arguments[0])).name)


sys.addaudithook(_note)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The files that are opened meanwhile, once for each opening."""
    OPENED.clear()
    COUNTING.append(True)
    try:
        yield OPENED
    finally:
        COUNTING.clear()


@dg.asset(check_specs=[dg.AssetCheckSpec(f"check_{number}", asset="figures") for number in range(CHECKS)])
def figures(context: dg.AssetExecutionContext) -> Iterator[Any]:
    yield dg.MaterializeResult(metadata={"rows": 7})
    with dg.DagsterInstance.from_config(str(context.instance.root_directory)) as another:
        assert another.get_latest_materialization_event(dg.AssetKey("figures")) is not None, "read while it is written"
    for number in range(CHECKS):
        yield dg.AssetCheckResult(check_name=f"check_{number}", passed=number != 3)


def openings(instance: dg.DagsterInstance) -> int:
    """How often the log of a run is opened."""
    with counted() as opened, instance:
        run = dg.materialize([figures], instance=instance).run_id
    return opened.count(f"{run}.db")


def test_the_log_of_a_run_is_opened_once_and_not_for_each_event(tmp_path: Path):
    assert openings(dg.DagsterInstance.from_config(str(tmp_path))) > 3 * CHECKS
    assert openings(open_instance(tmp_path)) < 10


def test_dagsters_own_storage_reads_the_log(tmp_path: Path):
    with open_instance(tmp_path) as instance:
        result = dg.materialize([figures], instance=instance)
    with dg.DagsterInstance.from_config(str(tmp_path)) as plain:
        events = plain.all_logs(result.run_id)
        kinds = [event.dagster_event_type for event in events if event.is_dagster_event]
        assert kinds.count(dg.DagsterEventType.ASSET_CHECK_EVALUATION) == CHECKS
        record = plain.get_latest_materialization_event(dg.AssetKey("figures"))
        assert record is not None
        assert record.asset_materialization is not None
        assert record.asset_materialization.metadata["rows"].value == 7
        (failed,) = [
            key.name
            for number in range(CHECKS)
            for key in [dg.AssetCheckKey(dg.AssetKey("figures"), f"check_{number}")]
            for execution in plain.event_log_storage.get_asset_check_execution_history(key, limit=1)
            if execution.status.value == "FAILED"
        ]
    assert failed == "check_3"


def test_events_of_dagsters_own_storage_are_read_and_gone_on_with(tmp_path: Path):
    with dg.DagsterInstance.from_config(str(tmp_path)) as plain:
        former = dg.materialize([figures], instance=plain)
    with open_instance(tmp_path) as instance:
        assert len(instance.all_logs(former.run_id)) > CHECKS
        dg.materialize([figures], instance=instance)
    with dg.DagsterInstance.from_config(str(tmp_path)) as plain:
        assert plain.get_runs_count() == 2
        records = plain.fetch_materializations(dg.AssetKey("figures"), limit=5).records
    assert len(records) == 2
