"""The Prophet forecasts and the anomalies, between the facts and the marts that show them."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from pipelines.analytics.anomalies import find_anomalies
from pipelines.analytics.forecast import forecast
from pipelines.app.home import Home
from pipelines.builds import tested
from pipelines.builds.store import warehouse_of
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import FORECASTS, REPORTS, WAREHOUSE_POOL, spec
from pipelines.warehouse import files

DAILY_COSTS = dg.AssetKey([REPORTS, "rpt_daily_costs"])
DAILY_COSTS_TABLE = "main.rpt_daily_costs"
MISSING_DAYS = dg.AssetKey([REPORTS, "rpt_missing_days"])
MISSING_DAYS_TABLE = "main.rpt_missing_days"


@dg.multi_asset(
    specs=[
        spec(FORECASTS, name, description, deps=[DAILY_COSTS, MISSING_DAYS], kinds={"prophet", "duckdb"})
        for name, description in {
            "daily": "Expected cost of each of the next 90 days, in total and by provider, with 80 % and 95 % bounds.",
            "totals": "Expected cost of the next 7, 30, 60 and 90 days and of this month, with 80 % bounds of the sum.",
            "status": "Which series has history enough for a forecast, and when the others will.",
        }.items()
    ],
    pool=WAREHOUSE_POOL,
)
@fails_in_words
def cost_forecasts(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult[Any]]:
    """Forecast the total and each provider from complete days that were delivered."""
    with warehouse_of(home.folders).writing() as connection:
        daily = connection.table(DAILY_COSTS_TABLE).df()
        missing = connection.table(MISSING_DAYS_TABLE).df()
        forecasts = forecast(daily, files.build_day(connection), missing)
        frames = {"daily": forecasts.daily, "totals": forecasts.totals, "status": forecasts.status}
        files.write_frames(connection, FORECASTS, frames)
        tested.record(connection, tested.FORECASTS, [f"{FORECASTS}.{name}" for name in frames])
    for name, frame in frames.items():
        yield dg.MaterializeResult(asset_key=dg.AssetKey([FORECASTS, name]), metadata={"rows": len(frame)})


@dg.asset(
    key=[FORECASTS, "anomalies"],
    group_name=FORECASTS,
    deps=[DAILY_COSTS],
    kinds={"python", "duckdb"},
    owners=["team:finops"],
    pool=WAREHOUSE_POOL,
    description="Days whose cost no earlier day explains, each judged by what was known before it.",
)
@fails_in_words
def cost_anomalies(home: dg.ResourceParam[Home]) -> dg.MaterializeResult[Any]:
    """Judge the last days of each series against its own past."""
    with warehouse_of(home.folders).writing() as connection:
        daily = connection.table(DAILY_COSTS_TABLE).df()
        anomalies = find_anomalies(daily, files.build_day(connection))
        files.write_frames(connection, FORECASTS, {"anomalies": anomalies})
        tested.record(connection, tested.ANOMALIES, [f"{FORECASTS}.anomalies"])
    return dg.MaterializeResult(metadata={"anomalies": len(anomalies)})


FORECAST_ASSETS = [cost_forecasts, cost_anomalies]
