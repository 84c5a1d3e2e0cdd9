"""A step of a Dagster job that fails, whatever it raises: its sentence and its class reach the one who started it."""

from __future__ import annotations

import ast
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.app.home import Home
from pipelines.defs import execution
from pipelines.defs.automation import build_sensors
from pipelines.defs.execution import NOT_PUBLISHED, RunResult, raise_for
from pipelines.defs.failing import OURS, fails_in_words, failure_of, is_stop
from pipelines.errors import BuildError, CostTrackerError, EntryFileError, HomeError, LandingError, SourceError
from tests.extraction.test_extraction import home_at
from tests.failures.lower import EVERY_ERROR, LOWER, SECRET, Lower

DEFS = Path(execution.__file__).parent
STEPS = ("asset", "multi_asset", "op", "dbt_assets")


def failure(home: Home, error: BaseException, cause: BaseException | None = None) -> CostTrackerError:
    """How a run reports a step that raises `error` from `cause`."""

    @dg.op
    @fails_in_words
    def step(home: dg.ResourceParam[Home]) -> None:
        del home
        raise error from cause

    @dg.job(resource_defs={"home": dg.ResourceDefinition.hardcoded_resource(home)})
    def job() -> None:
        step()

    result = job.execute_in_process(raise_on_error=False)
    (event,) = result.get_step_failure_events()
    return failure_of("step", event.step_failure_data.error)


@pytest.mark.e2e
@EVERY_ERROR
def test_a_lower_error_in_a_step_has_its_sentence_and_its_code(tmp_path: Path, lower: Lower):
    found = failure(home_at(tmp_path, KEY=SECRET), lower.cause())
    assert found.exit_code == lower.code
    assert str(found).startswith("step: ")
    assert lower.words in str(found)
    written = [path.read_text() for path in (tmp_path / "data" / "state").glob("failures/*")]
    assert bool(written) is (lower not in LOWER)
    assert not any(SECRET in text or "somebody said" in text for text in written)


@pytest.mark.e2e
@EVERY_ERROR
def test_words_of_ours_survive_what_they_were_raised_from(tmp_path: Path, lower: Lower):
    found = failure(home_at(tmp_path), LandingError("day 3 was changed:\nput it back"), lower.cause())
    assert type(found) is LandingError
    assert str(found) == "step: day 3 was changed:\nput it back"


def test_a_refused_file_keeps_its_problems(tmp_path: Path):
    found = failure(home_at(tmp_path), EntryFileError("a.csv", ["a.csv:1:1: no"]))
    assert type(found) is SourceError
    assert str(found) == "step: a.csv was rejected: 1 problem\na.csv:1:1: no"


def test_every_error_of_ours_is_read_back():
    assert {kind.exit_code for kind in OURS.values()} == {1, 2, 3, 4, 5, 6, 7, 75}
    for kind in OURS.values():
        assert str(kind("words")) == "words"


def test_a_step_that_yields_goes_on_yielding(tmp_path: Path):
    @fails_in_words
    def step(home: Home) -> Iterator[Any]:
        yield home.is_sample
        raise MemoryError

    given = step(home=home_at(tmp_path))
    assert next(given) is False
    with pytest.raises(CostTrackerError, match="there was not enough memory"):
        next(given)


def test_a_failed_run_ends_with_the_class_of_its_first_failure():
    failures = (HomeError("a: no room"), BuildError("b: left out"))
    with pytest.raises(HomeError) as raised:
        raise_for(RunResult("1", success=False, failures=failures))
    assert str(raised.value) == f"{NOT_PUBLISHED}.\na: no room\nb: left out"
    with pytest.raises(HomeError) as raised:
        raise_for(RunResult("1", success=False, failures=failures[:1], was_published=True))
    assert str(raised.value) == "the build was published, and what comes after it failed.\na: no room"
    raise_for(RunResult("1", success=True))


@pytest.mark.parametrize("stop", [KeyboardInterrupt, dg.DagsterExecutionInterruptedError])
def test_a_step_that_was_stopped_is_told_from_one_that_failed(stop: type[BaseException]):
    @dg.op
    @fails_in_words
    def step() -> None:
        raise stop

    @dg.job
    def job() -> None:
        step()

    (event,) = job.execute_in_process(raise_on_error=False).get_step_failure_events()
    assert is_stop(event.step_failure_data.error)
    assert not is_stop(None)


def test_an_alert_about_a_failed_run_has_the_sentence_of_its_step(tmp_path: Path):
    home = home_at(tmp_path)

    @dg.op
    @fails_in_words
    def manual_entries() -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/srv/data/landing")

    @dg.job
    def refresh_costs() -> None:
        manual_entries()

    (sensor,) = [sensor for sensor in build_sensors(home) if sensor.name == "run_failed"]
    with dg.DagsterInstance.ephemeral() as instance:
        result = refresh_costs.execute_in_process(raise_on_error=False, instance=instance)
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()
        request = sensor(context)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["ops"]["alert_about_run"]["config"]["reason"] == (
        "manual_entries: /srv/data/landing cannot be used (No space left on device): make room on that disk, then try "
        "again; earlier files are unchanged"
    )


def steps(path: Path) -> Iterator[tuple[str, list[str]]]:
    """Each function of a module that is a step of Dagster's, with its decorators."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            names = [ast.unparse(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list]
            if any(name.removeprefix("dg.") in STEPS for name in names):
                yield node.name, names


def test_every_step_fails_in_words():
    found = {name: names for path in sorted(DEFS.glob("*.py")) for name, names in steps(path)}
    assert {"manual_entries", "facts", "alerts", "deliveries"} <= found.keys()
    assert [name for name, names in found.items() if names[-1] != "fails_in_words"] == []
