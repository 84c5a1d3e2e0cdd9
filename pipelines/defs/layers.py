"""The layers of the asset graph, in the way of the data, and what every asset of a layer shares."""

from collections.abc import Sequence

import dagster as dg

SOURCES = "sources"
LANDING = "landing"
FORECASTS = "forecasts"
FACTS = "marts"
REPORTS = "reports"
PUBLISHED = "published"
EXPORTS = "exports"
DASHBOARDS = "dashboards"
NOTIFICATIONS = "notifications"

PUBLISHED_LAYERS = (FACTS, REPORTS)
"""The folders of dbt models that people may query: every mart."""

WAREHOUSE_POOL = "warehouse"
"""One writer at a time: every asset that opens the working file is in this pool, whose limit is 1."""

OWNER = "team:finops"


def spec(
    layer: str, name: str, description: str, *, deps: Sequence[dg.AssetKey], kinds: set[str], skippable: bool = False
) -> dg.AssetSpec:
    """The spec of one asset, keyed [layer, name] and grouped by layer; `skippable`: a run may leave it as it is."""
    return dg.AssetSpec(
        dg.AssetKey([layer, name]),
        description=description,
        group_name=layer,
        deps=deps,
        kinds=kinds,
        owners=[OWNER],
        skippable=skippable,
    )
