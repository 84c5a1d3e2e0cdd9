"""The Prophet forecasts and the anomalies, between the facts and the marts that show them."""

import os
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from pipelines.analytics.anomalies import Feedback, find_anomalies, masks_of
from pipelines.analytics.forecast import COLUMNS, forecast
from pipelines.app.build_inputs import exchange_rates
from pipelines.app.declared_events import calendar_of
from pipelines.app.home import Home
from pipelines.app.least_impact import least_impact_of
from pipelines.app.stored_forecasts import StoredForecasts
from pipelines.builds import tested
from pipelines.builds.store import warehouse_of
from pipelines.defs.failing import fails_in_words
from pipelines.defs.layers import FORECASTS, REPORTS, WAREHOUSE_POOL, spec
from pipelines.feedback import FeedbackFile
from pipelines.presentation.accuracy import errors_table
from pipelines.warehouse import files

FORECAST_COSTS = dg.AssetKey(["derived", "int_forecast_costs"])
FORECAST_COSTS_TABLE = "main.int_forecast_costs"
FORECAST_PARTS = dg.AssetKey(["derived", "int_forecast_parts"])
FORECAST_PARTS_TABLE = "main.int_forecast_parts"
MISSING_DAYS = dg.AssetKey([REPORTS, "rpt_missing_days"])
MISSING_DAYS_TABLE = "main.rpt_missing_days"
ANOMALY_COSTS = dg.AssetKey(["derived", "int_anomaly_costs"])
ANOMALY_COSTS_TABLE = "main.int_anomaly_costs"
FEEDBACK = [dg.AssetKey([FORECASTS, name]) for name in ("anomalies", "anomaly_days")]
MOST_WORKERS = 4


@dg.multi_asset(
    specs=[
        spec(
            FORECASTS,
            name,
            description,
            deps=[FORECAST_COSTS, FORECAST_PARTS, MISSING_DAYS, *FEEDBACK],
            kinds={"prophet", "duckdb"},
        )
        for name, description in {
            "daily": "Expected cost of each of the next 90 days, in total and of its parts, with 80 % and 95 % bounds.",
            "totals": "Expected cost of the next 7, 30, 60 and 90 days and of this month, with 80 % bounds of the sum.",
            "status": "Which series has history enough for a forecast, and when the others will.",
            "backtest": "How near such forecasts were at earlier days of each series, and plain baselines.",
        }.items()
    ],
    pool=WAREHOUSE_POOL,
)
@fails_in_words
def cost_forecasts(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult[Any]]:
    """Forecast the total, each provider and other parts from the days that were delivered and are a measure."""
    with warehouse_of(home.folders).writing() as connection:
        costs = connection.table(FORECAST_COSTS_TABLE).df()
        missing = connection.table(MISSING_DAYS_TABLE).df()
        stored = StoredForecasts(home.folders.forecasts)
        workers = min(os.cpu_count() or 1, MOST_WORKERS)
        known = stored.all()
        events = (connection.table(f"{FORECASTS}.{name}").df() for name in ("anomalies", "anomaly_days"))
        day = files.build_day(connection)
        calendar = calendar_of(home.settings.configuration, masks_of(*events), day)
        parts = connection.table(FORECAST_PARTS_TABLE).df()
        forecasts = forecast(costs, day, missing, parts=parts, calendar=calendar, known=known, workers=workers)
        if forecasts.usage != known:
            stored.replace(forecasts.usage)
        frames = {name: getattr(forecasts, name) for name in COLUMNS}
        files.write_frames(connection, FORECASTS, frames)
        tested.record(connection, tested.FORECASTS, [f"{FORECASTS}.{name}" for name in frames])
    for name, frame in frames.items():
        errors = {"errors": dg.MetadataValue.md(errors_table(_records(frame)))} if name == "backtest" else {}
        yield dg.MaterializeResult(asset_key=dg.AssetKey([FORECASTS, name]), metadata={"rows": len(frame), **errors})


@dg.multi_asset(
    specs=[
        spec(FORECASTS, name, description, deps=[ANOMALY_COSTS, MISSING_DAYS], kinds={"python", "duckdb"})
        for name, description in {
            "anomalies": "One row per event that no earlier day explains, by what was known before it.",
            "anomaly_days": "What each day of an event cost, and what was expected of it.",
            "anomaly_contributors": "Who contributed to an event, and whether by more use, other models or prices.",
        }.items()
    ],
    pool=WAREHOUSE_POOL,
)
@fails_in_words
def cost_anomalies(home: dg.ResourceParam[Home]) -> Iterator[dg.MaterializeResult[Any]]:
    """Judge the days of the total, each provider, project and key against their own past."""
    with warehouse_of(home.folders).writing() as connection:
        found = find_anomalies(
            connection.table(ANOMALY_COSTS_TABLE).df(),
            files.build_day(connection),
            missing=connection.table(MISSING_DAYS_TABLE).df(),
            feedback=[
                Feedback(each.event_id, each.verdict, each.note) for each in FeedbackFile(home.folders.feedback).all()
            ],
            least_impact=least_impact_of(home.settings.configuration, exchange_rates(home)),
        )
        frames = {
            "anomalies": found.events,
            "anomaly_days": found.days,
            "anomaly_contributors": found.contributors,
        }
        files.write_frames(connection, FORECASTS, frames)
        tested.record(connection, tested.ANOMALIES, [f"{FORECASTS}.{name}" for name in frames])
    for name, frame in frames.items():
        yield dg.MaterializeResult(asset_key=dg.AssetKey([FORECASTS, name]), metadata={"rows": len(frame)})


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows, with None for a missing figure."""
    found = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(frame.columns, row, strict=True)) for row in found.itertuples(index=False)]


FORECAST_ASSETS = [cost_forecasts, cost_anomalies]
