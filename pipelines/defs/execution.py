"""Running a Dagster job of this project in this process, against the home's own instance, so the UI shows it after."""

from __future__ import annotations

import logging
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from pipelines.config import HomeFolders
from pipelines.defs.build import build_defs
from pipelines.defs.event_log import open_instance
from pipelines.defs.layers import SOURCES
from pipelines.errors import BuildError, LandingError
from pipelines.home import Home

INSTANCE_TEMPLATE = Path(__file__).parent / "dagster.yaml"
STEPS = "steps"


@dataclass(frozen=True)
class RunResult:
    """How a run ended, and why it failed, step by step, if it did."""

    run_id: str
    success: bool
    failures: tuple[str, ...]
    landing_is_damaged: bool = False


def prepare_instance(folders: HomeFolders) -> Path:
    """The folder of a home's Dagster instance, with its configuration, which is written once and then left alone."""
    folder = folders.dagster
    target = folder / "dagster.yaml"
    if not target.exists():
        shutil.copyfile(INSTANCE_TEMPLATE, target)
    return folder


def run_job(home: Home, logger: dg.LoggerDefinition, *, from_landing: bool = False) -> RunResult:
    """Run refresh_costs; `from_landing` leaves the sources out. Failures are returned, not raised."""
    folder = prepare_instance(home.settings.paths)
    # What Dagster warns of while it runs, such as steps left out, is in the run's events, which the UI shows.
    logging.getLogger("dagster._core.execution.plan").setLevel(logging.ERROR)
    definitions = build_defs(home, loggers={STEPS: logger})
    with open_instance(folder) as instance:
        job = definitions.resolve_job_def("refresh_costs")
        chosen = [key for key in job.asset_layer.executable_asset_keys if key.path[0] != SOURCES]
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {STEPS: {}}},
            asset_selection=chosen if from_landing else None,
        )
    failures: list[str] = []
    classes: set[str | None] = set()
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        reason = event.message or "" if error is None else error.message
        classes.add(error.cls_name if error else None)
        # Dagster puts the class in front, which says nothing to the person who reads this.
        reason = re.sub(r"^([a-z_]+\.)+[A-Za-z]+Error: ", "", reason)
        failures.append(home.settings.redact(f"{event.step_key}: {reason.strip()}"))
    return RunResult(result.run_id, result.success, tuple(failures), LandingError.__name__ in classes)


def raise_for(result: RunResult) -> None:
    """Raise what a failed run means for the person who started it.

    Raises:
        LandingError: landing does not match its manifests.
        BuildError: another step failed.
    """
    if result.success:
        return
    error = LandingError if result.landing_is_damaged else BuildError
    raise error("the run failed; what was published before stays.\n" + "\n".join(result.failures))
