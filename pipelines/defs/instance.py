"""The Dagster instance of a home, opened whole: a damaged history is set aside, and dead runs are ended.

Belongs here: opening and mending. Does not: running jobs (execution.py). Nothing in an instance is a figure.
"""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import yaml

from pipelines.config import HomeFolders
from pipelines.defs.dead_runs import end_dead_runs
from pipelines.defs.event_log import open_instance
from pipelines.errors import HomeError
from pipelines.state import damage_of, is_passing, lock_of, reason_of, set_aside

INSTANCE_TEMPLATE = Path(__file__).parent / "dagster.yaml"
CONFIGURATION = "dagster.yaml"
HISTORY = ("history", "schedules")
"""The folders of an instance that have Dagster's databases."""

_logger = logging.getLogger(__name__)


class _UnusableError(HomeError):
    """An instance that opens only in part: half made, of another version, or damaged inside."""


def prepare_instance(folders: HomeFolders) -> Path:
    """The folder of a home's Dagster instance, made or fixed, with dead runs ended.

    Raises:
        HomeError: it cannot be used, though it may be intact.
    """
    with opened_instance(folders):
        return folders.dagster


@contextmanager
def opened_instance(folders: HomeFolders) -> Iterator[dg.DagsterInstance]:
    """A home's Dagster instance, made if there is none, with dead runs ended.

    Its configuration, dagster.yaml, is written once and then left alone, for people to change.

    Raises:
        HomeError: it cannot be used, though it may be intact.
    """
    # Two that make one instance at the same time leave half of it.
    with lock_of(folders.state / "dagster.lock"):
        instance = _repaired(folders.dagster)
    with instance:
        yield instance


def reset_history(folder: Path, reason: str) -> None:
    """Set aside what Dagster remembers of runs, schedules and sensors, and why."""
    for name in HISTORY:
        if (folder / name).exists():
            set_aside(folder / name, reason, "Dagster's history of runs starts again; no figure depends on it.")


def _repaired(folder: Path) -> dg.DagsterInstance:
    _ensure_configuration(folder)
    for database in sorted(path for name in HISTORY for path in (folder / name).glob("**/*.db")):
        # Those of single runs are many, and read only when somebody looks at such a run.
        is_of_a_run = database.parent.name == "runs" and database.stem != "index"
        if not is_of_a_run and (damage := damage_of(database)):
            reset_history(folder, f"cannot be used, because {database.name} {damage}")
            break
    try:
        return _usable(folder)
    except dg.DagsterInvalidConfigError as error:
        _replace_configuration(folder, f"is not a configuration that Dagster takes ({reason_of(error)})")
    except _UnusableError as error:
        reset_history(folder, str(error))
    return _usable(folder)


def _usable(folder: Path) -> dg.DagsterInstance:
    """The instance in `folder`, after each of its stores has answered."""
    instance = None
    try:
        instance = open_instance(folder)
        for sentence in end_dead_runs(instance):
            _logger.warning("%s", sentence)
        instance.get_latest_materialization_event(dg.AssetKey(["none"]))
        instance.all_instigator_state()
    except (dg.DagsterInvalidConfigError, OSError, MemoryError):
        raise
    except Exception as error:
        if instance is not None:
            instance.dispose()
        if is_passing(error):
            raise HomeError(
                f"{folder} cannot be used ({reason_of(error)}): check that there is free space, that this user may "
                f"write "
                "there, and that no other program has it locked"
            ) from error
        # Dagster, SQLAlchemy and Alembic have no class in common for a database that is not what they have made.
        raise _UnusableError(f"cannot be used ({reason_of(error)})") from error
    return instance


def _ensure_configuration(folder: Path) -> None:
    """Write dagster.yaml where there is none, or none with any setting: Dagster's defaults are not ours."""
    target = folder / CONFIGURATION
    if not target.exists():
        shutil.copyfile(INSTANCE_TEMPLATE, target)
        return
    try:
        content = yaml.safe_load(target.read_bytes())
    except (yaml.YAMLError, UnicodeError, IsADirectoryError) as error:
        _replace_configuration(folder, f"cannot be read ({reason_of(error)})")
    else:
        if not content or not isinstance(content, dict):
            _replace_configuration(folder, "contains no settings")


def _replace_configuration(folder: Path, reason: str) -> None:
    set_aside(folder / CONFIGURATION, reason, "The settings that this project brings are in its place.")
    shutil.copyfile(INSTANCE_TEMPLATE, folder / CONFIGURATION)
