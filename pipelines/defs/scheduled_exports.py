"""The exports that ai-costs.yaml asks for, as assets: each is a part of the build, and fails alone."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.app import outputs
from pipelines.app.home import Home
from pipelines.config.exports import ScheduledExport
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import EXPORTS, OWNER
from pipelines.defs.publishing import PUBLISHED_WAREHOUSE, export_metadata, run_of

WRITTEN = "written"


def build_scheduled_export(scheduled: ScheduledExport) -> dg.AssetsDefinition:
    """One export. Where it cannot be written, its check fails, the last good file stays, and the run goes on."""
    key = dg.AssetKey([EXPORTS, f"scheduled_{scheduled.name}"])

    @dg.asset(
        key=key,
        group_name=EXPORTS,
        deps=[PUBLISHED_WAREHOUSE],
        kinds={scheduled.format.rpartition("-")[2]},
        owners=[OWNER],
        output_required=False,
        check_specs=[dg.AssetCheckSpec(WRITTEN, asset=key, description="The complete content of this build.")],
        description=f"The export {scheduled.name} of ai-costs.yaml, as {scheduled.format}: "
        + ("all that is chosen." if scheduled.every == "run" else f"the last complete {scheduled.every}."),
    )
    @fails_in_words
    def export(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
        (outcome,) = outputs.write_scheduled_exports(home, (scheduled,), run_of(context))
        if outcome.export is not None:
            yield dg.MaterializeResult(asset_key=key, metadata=export_metadata(outcome.export))
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=WRITTEN,
            passed=outcome.export is not None,
            metadata={} if outcome.problem is None else {"problem": outcome.problem},
        )

    return export


def build_scheduled_exports(home: Home) -> list[dg.AssetsDefinition]:
    """An asset for each export of ai-costs.yaml."""
    return [build_scheduled_export(scheduled) for scheduled in home.settings.configuration.exports]
