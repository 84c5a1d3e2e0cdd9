"""The exports that ai-costs.yaml asks for: whether they can be meant, and writing what is not there yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import duckdb

from pipelines.config.exports import ScheduledExport
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import ConfigError, CostTrackerError, HomeError
from pipelines.exports import FOCUS, formats
from pipelines.exports.choice import ExportFilter, ExportShape, Preset
from pipelines.exports.columns import known_columns
from pipelines.exports.costs import STANDING_NAME, Export, export_costs, export_path, written_export
from pipelines.exports.file_names import MANIFEST


@dataclass(frozen=True)
class ScheduledOutcome:
    """What came of one: the export that is there, or why this build has none."""

    name: str
    export: Export | None = None
    problem: str | None = None


def problems(scheduled: ScheduledExport) -> Iterator[tuple[str, str]]:
    """(setting, sentence) of everything in the settings of an export that no format or column of exports allows."""
    if scheduled.pattern == STANDING_NAME:
        yield "to", f"{STANDING_NAME!r} is the export that every build writes anyway: take another name"
    if MANIFEST in scheduled.pattern:
        yield "to", f"{scheduled.pattern!r} is reserved for the manifest of an export: use another name"
    export_format = formats().get(scheduled.format)
    if export_format is None:
        yield "format", f"there is no format {scheduled.format!r}; there are: {', '.join(formats())}"
        return
    if scheduled.footer and not export_format.has_footer:
        yield "footer", f"{scheduled.format} cannot have one: only csv and excel-csv can"
    by_cost_center = "cost_center" in scheduled.match
    if export_format.rows == FOCUS and (scheduled.preset or scheduled.columns or by_cost_center):
        yield "format", f"{scheduled.format} has fixed rows and columns: no preset, columns or cost centre"
        return
    known = known_columns(preset=scheduled.preset is not None, cost_centers=by_cost_center)
    unknown = next((column for column in scheduled.columns if column not in known), None)
    if unknown is not None:
        close = get_close_matches(unknown, known, 1)
        meant = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"
        yield "columns", f"there is no column {unknown!r}; {meant}"


def write_scheduled(
    connection: duckdb.DuckDBPyConnection, folder: Path, scheduled: ScheduledExport, *, shown: Path | None = None
) -> ScheduledOutcome:
    """Write one export of the published build to `folder`, unless it is there already, whole and as asked for.

    A problem of one is reported and not raised, so that the others, and the report, go on. `shown`: the folder in which
    people will find it, where that is another one.
    """
    build = connection.table("main.rpt_build").project("build_id, is_sample, (as_of at time zone 'UTC')::date")
    build_id, is_sample, today = build.fetchall()[0]
    chosen, shape, name = _filter(scheduled, today), _shape(scheduled), scheduled.file_name(today)
    try:
        path = export_path(folder, name, formats()[scheduled.format], is_sample=is_sample, compress=shape.compress)
        place = (shown or folder) / path.name
        if place.is_dir():
            raise HomeError(f"{place} cannot be written: it is a folder; move it away")
        export = written_export(path, build_id, chosen, shape) or export_costs(
            connection, folder, name, scheduled.format, chosen, shape
        )
    except ConfigError as error:
        return ScheduledOutcome(scheduled.name, problem=f"exports: {scheduled.name!r}: {error}")
    except CostTrackerError as error:
        return ScheduledOutcome(scheduled.name, problem=str(error))
    return ScheduledOutcome(scheduled.name, replace(export, path=place))


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
