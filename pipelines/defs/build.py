"""Putting the definitions together, fresh for each call, so that tests and the command line share them."""

import warnings
from collections.abc import Mapping

import dagster as dg

from pipelines.app.home import Home
from pipelines.defs.api_sources import build_api_assets
from pipelines.defs.automation import (
    build_sensors,
    hourly,
    refresh_costs,
    report_failed_run,
)
from pipelines.defs.balances import build_balance_assets
from pipelines.defs.exchange_rates import build_rate_assets
from pipelines.defs.expected import EXPECTED_ASSETS
from pipelines.defs.forecasting import FORECAST_ASSETS
from pipelines.defs.imports import IMPORT_ASSETS
from pipelines.defs.landing import build_landing_assets
from pipelines.defs.layers import PUBLISHED_LAYERS
from pipelines.defs.notifying import alerts, deliver_notifications, deliveries, heartbeat
from pipelines.defs.publishing import build_parts, build_published_build, build_published_warehouse
from pipelines.defs.resources import home_resource
from pipelines.defs.scheduled_exports import build_scheduled_exports
from pipelines.defs.sources import SOURCE_ASSETS
from pipelines.defs.transform import build_dbt_assets
from pipelines.warehouse.transform import transform_of


def build_defs(home: Home, loggers: Mapping[str, dg.LoggerDefinition] | None = None) -> dg.Definitions:
    """Every asset, check, job, schedule and sensor for `home`. Parses the dbt project if it changed.

    Args:
        home: what the assets work on.
        loggers: Dagster loggers by name, where the caller shows a run's steps its way.
    """
    with warnings.catch_warnings():
        # Dagster's sensors pass on a parameter that Dagster calls beta, both here and when it resolves them.
        warnings.simplefilter("ignore", dg.BetaWarning)
        accounts = build_api_assets(home)
        sources = [*SOURCE_ASSETS, *IMPORT_ASSETS, *EXPECTED_ASSETS, *accounts]
        sources += [*build_balance_assets(home, accounts), *build_rate_assets(home)]
        dbt_assets = build_dbt_assets(transform_of(home.folders).prepare())
        parts = [*build_parts(), *build_scheduled_exports(home)]
        published = [key for assets in dbt_assets for key in assets.keys if key.path[0] in PUBLISHED_LAYERS]
        definitions = dg.Definitions(
            assets=[
                *sources,
                *build_landing_assets([key for asset in sources for key in asset.keys]),
                *dbt_assets,
                *FORECAST_ASSETS,
                build_published_warehouse(published),
                *parts,
                build_published_build([key for part in parts for key in part.keys]),
                alerts,
                deliveries,
            ],
            jobs=[refresh_costs, deliver_notifications, report_failed_run, heartbeat],
            schedules=[hourly],
            sensors=build_sensors(home),
            resources={"home": home_resource(home)},
            loggers=loggers,
            executor=dg.in_process_executor,
        )
        definitions.get_repository_def()
    return definitions
