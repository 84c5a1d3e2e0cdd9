"""From the working file to what people touch: the build's file, exports and report, all shown at once.

Within one run the assets write into the build that `published/warehouse` prepared, and nobody sees any of it before
`published/build`. An export or a report that is materialized without them is written again for the build that is shown.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import dagster as dg
from pydantic import Field

from pipelines.app import outputs
from pipelines.app.home import Home
from pipelines.audit import conservation
from pipelines.builds import tested
from pipelines.builds.store import Builds, warehouse_of
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import DASHBOARDS, EXPORTS, OWNER, PUBLISHED, WAREHOUSE_POOL
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import BuildError, ConfigError
from pipelines.exports import standing_formats
from pipelines.exports.choice import ExportFilter, ExportShape
from pipelines.exports.costs import Export, default_name, export_costs
from pipelines.exports.names import with_known_names
from pipelines.landing import LandingStore

PUBLISHED_WAREHOUSE = dg.AssetKey([PUBLISHED, "warehouse"])
PUBLISHED_BUILD = dg.AssetKey([PUBLISHED, "build"])
CONSERVED = dg.AssetCheckSpec(
    name="landing_equals_facts",
    asset=PUBLISHED_WAREHOUSE,
    description="Every landed amount and token is in the facts, to the last digit.",
    blocking=True,
)


def run_of(context: dg.AssetExecutionContext) -> str:
    """The run that a build is prepared for: a run that goes on where another one failed goes on with its build."""
    return str(context.run.root_run_id or context.run.run_id)


def build_published_warehouse(marts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """The build's file, after all marts, only if all of them passed their tests and nothing was lost on the way."""

    @dg.asset(
        key=PUBLISHED_WAREHOUSE,
        group_name=PUBLISHED,
        deps=marts,
        kinds={"duckdb"},
        owners=[OWNER],
        check_specs=[CONSERVED],
        pool=WAREHOUSE_POOL,
        description="The file that exports, report, alerts and the command line read, tested and proven whole. It is "
        "seen with published/build, together with them.",
    )
    @fails_in_words
    def published_warehouse(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
        with warehouse_of(home.folders).writing() as connection:
            tested.require(connection)
            comparisons = conservation.check(LandingStore(home.folders.landing), connection, again=False)
        unequal = [comparison for comparison in comparisons if not comparison.equal]
        yield dg.AssetCheckResult(
            check_name=CONSERVED.name,
            passed=not unequal,
            metadata={f"{c.measure} {c.currency}".strip(): str(c) for c in comparisons},
        )
        if unequal:
            raise BuildError("the build was not published, because " + "; ".join(map(str, unequal)))
        yield dg.MaterializeResult(metadata={"build_id": outputs.prepare(home, run_of(context))})

    return published_warehouse


def build_published_build(parts: list[dg.AssetKey]) -> dg.AssetsDefinition:
    """All of a build, its file, exports and report, seen at once."""

    @dg.asset(
        key=PUBLISHED_BUILD,
        group_name=PUBLISHED,
        deps=[PUBLISHED_WAREHOUSE, *parts],
        kinds={"duckdb"},
        owners=[OWNER],
        description="What people see: the file of figures, exports, their manifests and the report, all of one build, "
        "with a list of their hashes. One rename shows all of it.",
    )
    @fails_in_words
    def published_build(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> dg.MaterializeResult[Any]:
        build_id = outputs.show(home, run_of(context))
        collected = LandingStore(home.folders.landing).collect(home.clock())
        return dg.MaterializeResult(metadata={"build_id": build_id, "collected_landing_files": collected})

    return published_build


class CostsExport(dg.Config):
    """Which costs to export: half-open UTC days, and lists that let everything through when empty."""

    start: str | None = None
    end: str | None = None
    providers: list[str] = Field(default_factory=list)
    accounts: list[str] = Field(default_factory=list)
    models: list[str] = Field(default_factory=list)
    projects: list[str] = Field(default_factory=list)
    cost_centers: list[str] = Field(default_factory=list)
    source_kinds: list[str] = Field(default_factory=list)
    file_name: str | None = Field(
        default=None, description="A name without folder and ending. Left out: costs, or chosen-costs of some."
    )

    def chosen(self) -> ExportFilter:
        """The same as the exports room reads it.

        Raises:
            ConfigError: a value that is not a day or a kind of source.
        """
        return ExportFilter(
            start=self._day("start"),
            end=self._day("end"),
            providers=tuple(self.providers),
            accounts=tuple(self.accounts),
            models=tuple(self.models),
            projects=tuple(self.projects),
            cost_centers=tuple(self.cost_centers),
            source_kinds=tuple(map(self._source_kind, self.source_kinds)),
        )

    def _day(self, name: str) -> date | None:
        value: str | None = getattr(self, name)
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError as error:
            raise ConfigError(f"{name}: {value!r} is not a valid date: write it as 2026-04-30") from error

    @staticmethod
    def _source_kind(value: str) -> SourceKind:
        try:
            return SourceKind(value)
        except ValueError as error:
            known = ", ".join(SourceKind)
            raise ConfigError(f"source_kinds: {value!r} is not a kind of source; there are: {known}") from error


def build_export_asset(format_name: str) -> dg.AssetsDefinition:
    """The costs in one format."""

    @dg.asset(
        key=[EXPORTS, f"costs_{format_name}"],
        group_name=EXPORTS,
        deps=[PUBLISHED_WAREHOUSE],
        kinds={format_name},
        owners=[OWNER],
        description=f"fct_costs as {format_name.upper()}, all of it or what the run's configuration chooses.",
    )
    @fails_in_words
    def costs(
        context: dg.AssetExecutionContext, config: CostsExport, home: dg.ResourceParam[Home]
    ) -> dg.MaterializeResult[Any]:
        chosen, run = config.chosen(), run_of(context)
        is_chosen = config.file_name is not None or not chosen.is_everything
        # A build that is being prepared has all costs, whatever else is asked for.
        if not is_chosen or Builds(home.folders.home).prepared(run) is not None:
            export = outputs.write_standing(home, format_name, run)
        if is_chosen:
            name = default_name(chosen, ExportShape()) if config.file_name is None else config.file_name
            path = outputs.path_by_hand(home, None, name, format_name, ExportShape())
            with warehouse_of(home.folders).reading() as connection:
                known = with_known_names(connection, chosen)
                export = export_costs(connection, path.parent, name, format_name, known)
        return dg.MaterializeResult(metadata=export_metadata(export))

    return costs


def export_metadata(export: Export) -> dict[str, Any]:
    """What a person would look at of a written export."""
    return {
        "path": dg.MetadataValue.path(export.path),
        "rows": export.row_count,
        "sha256": export.sha256,
        **{f"{kind} {currency}": str(amount) for kind, by in export.amounts.items() for currency, amount in by.items()},
    }


@dg.asset(
    key=[DASHBOARDS, "cost_report"],
    group_name=DASHBOARDS,
    deps=[PUBLISHED_WAREHOUSE],
    kinds={"html"},
    owners=[OWNER],
    description="The report: one HTML file that opens anywhere, with no network.",
)
@fails_in_words
def cost_report(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> dg.MaterializeResult[Any]:
    """Draw the report of the build that is prepared, or of the one that is shown."""
    facts = outputs.write_report(home, run_of(context))
    return dg.MaterializeResult(
        metadata={
            "report": dg.MetadataValue.url(facts.path.absolute().as_uri()),
            "preview": dg.MetadataValue.md(facts.headline),
            "path": dg.MetadataValue.path(facts.path),
            "rows": facts.rows,
            "size": f"{facts.bytes / 1000:,.0f} kB",
            "bytes": facts.bytes,
        }
    )


def build_parts() -> list[dg.AssetsDefinition]:
    """What every build has alongside its file."""
    return [*(build_export_asset(name) for name in standing_formats()), cost_report]
