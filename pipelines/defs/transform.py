"""The dbt models as Dagster assets and their tests as asset checks.

Two assets definitions, because forecasts come between: `facts` is everything up to the forecasts' input, and
`forecast_marts` is what reads their answer. Each leaves a record in the working file once all of it was built and
passed its tests; what is built in part is not tested.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import orjson
from dagster_dbt import DagsterDbtTranslator, dbt_assets
from dagster_dbt.asset_utils import get_subset_selection_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from pipelines.app.home import Home
from pipelines.builds import tested
from pipelines.builds.store import warehouse_of
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import OWNER, WAREHOUSE_POOL
from pipelines.errors import BuildError
from pipelines.failures.lower_errors import of_text
from pipelines.warehouse.transform import transform_of

FORECAST_MODELS = "source:forecasts+"


class LayeredTranslator(DagsterDbtTranslator):
    """Keys a model [folder, name] and groups it by folder; sources keep the key their yml states."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """[layer, name] for models; a source's key."""
        if dbt_resource_props["resource_type"] == "model":
            return dg.AssetKey([dbt_resource_props["fqn"][1], dbt_resource_props["name"]])
        return super().get_asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The model's folder: staging, intermediate, marts, derived or reports."""
        if dbt_resource_props["resource_type"] == "model":
            return str(dbt_resource_props["fqn"][1])
        return super().get_group_name(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """One owner for all models."""
        del dbt_resource_props
        return [OWNER]


def build_dbt_assets(manifest: Path) -> list[dg.AssetsDefinition]:
    """The two dbt steps, read from dbt's manifest."""
    translator = LayeredTranslator()

    @dbt_assets(
        manifest=manifest,
        exclude=FORECAST_MODELS,
        name="facts",
        dagster_dbt_translator=translator,
        pool=WAREHOUSE_POOL,
    )
    @fails_in_words
    def facts(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
        yield from _build(context, home, tested.FACTS, exclude=FORECAST_MODELS)

    @dbt_assets(
        manifest=manifest,
        select=FORECAST_MODELS,
        name="forecast_marts",
        dagster_dbt_translator=translator,
        pool=WAREHOUSE_POOL,
    )
    @fails_in_words
    def forecast_marts(context: dg.AssetExecutionContext, home: dg.ResourceParam[Home]) -> Iterator[Any]:
        yield from _build(context, home, tested.FORECAST_MARTS, select=FORECAST_MODELS)

    def _build(
        context: dg.AssetExecutionContext,
        home: Home,
        step: str,
        *,
        select: str | None = None,
        exclude: str | None = None,
    ) -> Iterator[Any]:
        selection, indirect = get_subset_selection_for_context(
            context, orjson.loads(manifest.read_bytes()), select, exclude, None, translator, None
        )
        with warehouse_of(home.folders).writing():
            pass  # dbt would not wait for another program that looks into the file
        build = transform_of(home.folders).build(*selection, *(["--indirect-selection", indirect] if indirect else []))
        for event in build.events:
            message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata={})
            yield from message.to_default_asset_events(
                manifest=manifest, dagster_dbt_translator=translator, context=context
            )
        _note(context, home, step, passed=not build.failures)
        if build.failures:
            found = "; ".join(build.failures)
            raise of_text(found) or BuildError(f"the build was not published, because dbt found: {found}")

    def _note(context: dg.AssetExecutionContext, home: Home, step: str, *, passed: bool) -> None:
        """Record that all of the step passed; what was built in part, or failed, is not tested."""
        with warehouse_of(home.folders).writing() as connection:
            if passed and not context.is_subset:
                models = [f"main.{key.path[-1]}" for key in context.assets_def.keys]
                tested.record(connection, step, models)
            elif not passed:
                tested.forget(connection, step)

    return [facts, forecast_marts]
