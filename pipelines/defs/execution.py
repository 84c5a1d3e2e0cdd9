"""Running a Dagster job of this project in this process, against the home's instance, so the UI shows it after."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from pipelines.app.home import Home
from pipelines.defs.build import build_defs
from pipelines.defs.dead_runs import lock_while_alive
from pipelines.defs.failing import failure_of, is_stop
from pipelines.defs.instance import opened_instance, reset_history
from pipelines.defs.layers import SOURCES
from pipelines.defs.publishing import PUBLISHED_WAREHOUSE
from pipelines.defs.working_file import is_to_run_again
from pipelines.errors import BuildError, CostTrackerError
from pipelines.presentation.messages import STAYS_PUBLISHED
from pipelines.state import is_passing, reason_of, run_lock

STEPS = "steps"
PUBLISHED_STEP = PUBLISHED_WAREHOUSE.to_python_identifier()
NOT_PUBLISHED = f"the run failed; {STAYS_PUBLISHED}"

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunResult:
    """How a run ended, and why it failed, step by step, if it did; `was_published`: what failed came after that."""

    run_id: str
    success: bool
    failures: tuple[CostTrackerError, ...] = ()
    was_published: bool = False


def run_job(home: Home, logger: dg.LoggerDefinition, *, from_landing: bool = False) -> RunResult:
    """Run refresh_costs; `from_landing` leaves the sources out. Failures are returned, not raised.

    A run that met a damaged working file is done once more, from landing; so is one during which Dagster's history
    turned out to be damaged.

    Raises:
        BusyError: another run has not ended in time.
        HomeError: the Dagster instance cannot be used.
        KeyboardInterrupt: it was stopped by a signal; Dagster has recorded that.
    """
    # What Dagster warns of while it runs, such as steps left out, is in the run's events, which the UI shows.
    logging.getLogger("dagster._core.execution.plan").setLevel(logging.ERROR)
    with run_lock(home.persons_folders.state, _logger.warning):
        definitions = build_defs(home, loggers={STEPS: logger})
        try:
            result = _execute(home, definitions, from_landing=from_landing)
        except SQLAlchemyError as error:
            if is_passing(error):
                raise
            reset_history(home.settings.paths.dagster, f"turned out to be damaged ({reason_of(error)})")
            result = _execute(home, definitions, from_landing=from_landing)
    return _result_of(home, result)


def _execute(home: Home, definitions: dg.Definitions, *, from_landing: bool) -> dg.ExecuteInProcessResult:
    """The job in this process; a second time, from landing, if the working file was damaged."""
    with opened_instance(home.settings.paths) as instance:
        result = _execute_once(instance, definitions, from_landing=from_landing)
        if not result.success and is_to_run_again(instance, result.run_id):
            result = _execute_once(instance, definitions, from_landing=True)
    return result


def _execute_once(
    instance: dg.DagsterInstance, definitions: dg.Definitions, *, from_landing: bool
) -> dg.ExecuteInProcessResult:
    job = definitions.resolve_job_def("refresh_costs")
    chosen = [key for key in job.asset_layer.executable_asset_keys if key.path[0] != SOURCES]
    run_id = str(uuid.uuid4())
    lock_while_alive(instance, run_id)
    try:
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            run_config={"loggers": {STEPS: {}}},
            asset_selection=chosen if from_landing else None,
        )
    except dg.DagsterExecutionInterruptedError as error:
        raise KeyboardInterrupt from error
    # Within a step a signal is to Dagster a failure of that step.
    if any(is_stop(event.step_failure_data.error) for event in result.get_step_failure_events()):
        raise KeyboardInterrupt
    return result


def _result_of(home: Home, result: dg.ExecuteInProcessResult) -> RunResult:
    published = any(event.step_key == PUBLISHED_STEP for event in result.get_step_success_events())
    failures = tuple(_redacted(home, failure) for failure in _failures(result))
    return RunResult(result.run_id, result.success, failures, was_published=published)


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[CostTrackerError]:
    """Why each step failed; where none began, why the run did."""
    steps = [(event.step_key or "", event.step_failure_data.error) for event in result.get_step_failure_events()]
    ends = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_FAILURE]
    for step, error in steps or [("the run", event.job_failure_data.error) for event in ends]:
        yield failure_of(step, error)


def _redacted(home: Home, failure: CostTrackerError) -> CostTrackerError:
    return type(failure)(home.settings.redact(str(failure)))


def raise_for(result: RunResult) -> None:
    """Raise what a failed run means for the person who started it: the class of its first failure, and all reasons.

    Raises:
        CostTrackerError: a step failed.
    """
    if result.success:
        return
    kind = type(result.failures[0]) if result.failures else BuildError
    what = "the build was published, and what comes after it failed" if result.was_published else NOT_PUBLISHED
    raise kind("\n".join([f"{what}.", *map(str, result.failures)]))
