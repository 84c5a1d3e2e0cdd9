"""The exports that ai-costs.yaml asks for: their days, their files, and writing what is not there yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from pipelines.config.exports import ScheduledExport
from pipelines.domain.records import SourceKind
from pipelines.errors import ConfigError, CostTrackerError
from pipelines.exports import formats
from pipelines.exports.choice import ExportFilter, ExportShape, Preset
from pipelines.exports.costs import Export, export_costs, export_path, written_export


@dataclass(frozen=True)
class ScheduledOutcome:
    """What came of one: the export as it stands now, or why there is none of this build."""

    name: str
    export: Export | None = None
    problem: str | None = None


def write_scheduled(
    connection: duckdb.DuckDBPyConnection, folder: Path, scheduled: ScheduledExport
) -> ScheduledOutcome:
    """Write one export of the published build to `folder`, unless it stands there already, whole and as asked for.

    A problem of one is told and not raised, so that the others, and the report, go on.
    """
    build = connection.table("main.rpt_build").project("build_id, is_sample, (as_of at time zone 'UTC')::date")
    build_id, is_sample, today = build.fetchall()[0]
    chosen, shape, name = _filter(scheduled, today), _shape(scheduled), scheduled.file_name(today)
    try:
        path = export_path(folder, name, formats()[scheduled.format], is_sample=is_sample, compress=shape.compress)
        export = written_export(path, build_id, chosen, shape) or export_costs(
            connection, folder, name, scheduled.format, chosen, shape
        )
    except ConfigError as error:
        return ScheduledOutcome(scheduled.name, problem=f"exports: {scheduled.name!r}: {error}")
    except CostTrackerError as error:
        return ScheduledOutcome(scheduled.name, problem=str(error))
    return ScheduledOutcome(scheduled.name, export)


def _filter(scheduled: ScheduledExport, today: date) -> ExportFilter:
    start, end = scheduled.days(today)
    return ExportFilter(
        start=start,
        end=end,
        providers=tuple(scheduled.match.get("provider", ())),
        accounts=tuple(scheduled.match.get("account", ())),
        models=tuple(scheduled.match.get("model", ())),
        projects=tuple(scheduled.match.get("project", ())),
        cost_centers=tuple(scheduled.match.get("cost_center", ())),
        source_kinds=tuple(SourceKind(kind) for kind in scheduled.match.get("source_kind", ())),
    )


def _shape(scheduled: ScheduledExport) -> ExportShape:
    return ExportShape(
        preset=Preset(scheduled.preset) if scheduled.preset else None,
        columns=scheduled.columns,
        compress=scheduled.compression is not None,
        footer=scheduled.footer,
    )
