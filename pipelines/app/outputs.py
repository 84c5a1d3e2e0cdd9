"""Writing the outputs of a build, for the assets and the commands alike: exports, report, and showing all of them.

Belongs here: where each output of a home goes. What a run has prepared is written there and seen with all the rest;
else the build that is shown gets a revision. Does not: what is in an output.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from duckdb import DuckDBPyConnection

from dashboards.open_alerts import OpenAlert, hand_over
from dashboards.report import ReportFacts, build_report
from notifications.lifecycle import AlertState
from pipelines.app.alerting import open_alerts
from pipelines.app.home import Home
from pipelines.builds.current import PUBLISHED
from pipelines.builds.store import Builds, warehouse_of
from pipelines.config.exports import ScheduledExport
from pipelines.errors import BuildError, ConfigError, HomeError
from pipelines.exports import formats, standing_formats
from pipelines.exports.choice import ExportFilter, ExportShape
from pipelines.exports.costs import (
    STANDING_NAME,
    Export,
    export_costs,
    export_path,
    is_as_exported,
    is_foreign,
    manifest_path,
)
from pipelines.exports.scheduled import ScheduledOutcome, write_scheduled
from pipelines.warehouse.files import build_id

EXPORTS, REPORTS = "exports", "reports"

_logger = logging.getLogger(__name__)


def prepare(home: Home, run: str) -> str:
    """Begin the build of the run named `run` with a copy of the working file; give the build's name.

    Raises:
        HomeError: the copy cannot be written; what is shown stays.
    """
    folder = Builds(home.folders.home).prepare(run)
    warehouse_of(home.folders).copy_working(folder / PUBLISHED)
    with _figures(home, folder) as connection:
        return build_id(connection)


def show(home: Home, run: str) -> str:
    """Let people see all that `run` prepared, at once; give the build's name.

    Raises:
        BuildError: it prepared nothing, or not every output that each build has.
        HomeError: a file cannot be written; what is shown stays.
    """
    builds = Builds(home.folders.home)
    prepared = builds.prepared(run)
    name = ""
    if prepared is not None:
        _keep_what_people_changed(home, prepared)
        with _figures(home, prepared) as connection:
            name = build_id(connection)
    builds.show(run, name, _due(home))
    return name


def write_report(home: Home, run: str | None = None) -> ReportFacts:
    """Write the report of the build that `run` prepared, or that of the shown one again.

    Raises:
        NothingPublishedError: there is no build yet.
    """
    with Builds(home.folders.home).writing(run) as folder, _figures(home, folder) as connection:
        facts = _draw_report(home, connection, folder / REPORTS / home.report.name)
    return replace(facts, path=home.report)


def write_report_to(home: Home, target: Path) -> ReportFacts:
    """Write the report of the build that is shown to a file outside the build.

    Raises:
        NothingPublishedError: there is no build yet.
    """
    with warehouse_of(home.folders).reading() as connection:
        return _draw_report(home, connection, target)


def _draw_report(home: Home, connection: DuckDBPyConnection, target: Path) -> ReportFacts:
    """Draw it with the open alerts; a report without them is worth more than none."""
    problem: Exception | None = None
    try:
        hand_over(connection, map(_shown_alert, open_alerts(home, connection)))
    except (HomeError, ConfigError) as error:
        problem = error
    facts = build_report(connection, target)
    if problem is not None:
        _logger.warning("the report has no alerts: %s", problem)
    return facts


def _shown_alert(alert: AlertState) -> OpenAlert:
    return OpenAlert(
        alert_id=alert.alert_id,
        headline=alert.headline,
        severity=str(alert.severity),
        state=str(alert.state),
        opened_on=alert.opened_at.astimezone(UTC).date(),
        snoozed_until=None if alert.snoozed_until is None else alert.snoozed_until.astimezone(UTC).date(),
    )


def write_standing(
    home: Home, format_name: str, run: str | None = None, *, report: Callable[[float], None] = lambda _: None
) -> Export:
    """Write all costs in one of the formats that every build has, as a part of the build.

    Raises:
        NothingPublishedError: there is no build yet.
        HomeError: the file cannot be written.
    """
    with Builds(home.folders.home).writing(run) as folder, _figures(home, folder) as connection:
        export = export_costs(connection, folder / EXPORTS, STANDING_NAME, format_name, ExportFilter(), report=report)
    return replace(export, path=home.settings.paths.exports / export.path.name)


def write_scheduled_exports(
    home: Home, exports: tuple[ScheduledExport, ...], run: str | None = None
) -> list[ScheduledOutcome]:
    """Write exports of ai-costs.yaml as a part of the build, unless they are there already.

    Raises:
        NothingPublishedError: there is no build yet.
    """
    shown = home.settings.paths.exports
    with Builds(home.folders.home).writing(run) as folder, _figures(home, folder) as connection:
        return [write_scheduled(connection, folder / EXPORTS, asked, shown=shown) for asked in exports]


def path_by_hand(home: Home, folder: Path | None, name: str, format_name: str, shape: ExportShape) -> Path:
    """Where an export that a person asks for goes: `folder`, or exports/ of the data folder.

    Raises:
        ConfigError: a file is there that a person may miss, or that is a part of the build.
    """
    exports, export_format = home.settings.paths.exports, formats()[format_name]
    options = {"is_sample": home.is_sample, "compress": shape.compress}
    is_elsewhere = folder is not None and folder.resolve() != exports.resolve()
    part = export_path(Builds(home.folders.home).folder, name, export_format, **options)
    if not is_elsewhere and f"{EXPORTS}/{part.name}" in {*_due(home), *_shown(home)}:
        raise ConfigError(f"{exports / part.name} is a part of each build: take another --name or --folder")
    path = export_path(folder or exports, name, export_format, **options)
    if is_elsewhere and is_foreign(path):
        raise ConfigError(f"{path} is not an export of this project: take another --name or --folder, or remove it")
    return path


def _due(home: Home) -> Iterator[str]:
    """What every build of this home has, by path."""
    yield PUBLISHED
    yield f"{REPORTS}/{home.report.name}"
    for export_format in standing_formats().values():
        path = export_path(Path(EXPORTS), STANDING_NAME, export_format, is_sample=home.is_sample)
        yield path.as_posix()
        yield manifest_path(path).as_posix()


def _shown(home: Home) -> list[str]:
    try:
        manifest = Builds(home.folders.home).manifest()
    except BuildError:
        return []
    return [] if manifest is None else manifest.paths()


def _keep_what_people_changed(home: Home, prepared: Path) -> None:
    """Copy exports that were put or changed manually where this build has one, so that they outlive it."""
    for file in (prepared / EXPORTS).glob("[!.]*"):
        standing = home.settings.paths.exports / file.name
        if manifest_path(file).exists() and standing.is_file() and not is_as_exported(standing):
            shutil.copy2(standing, standing.with_name(f"by-hand-{standing.name}"))


@contextmanager
def _figures(home: Home, folder: Path) -> Iterator[DuckDBPyConnection]:
    with replace(warehouse_of(home.folders), published=folder / PUBLISHED).reading() as connection:
        yield connection
