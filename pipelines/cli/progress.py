"""Showing a run's steps on the terminal as Dagster starts and ends them."""

from __future__ import annotations

import logging
from typing import Any

import dagster as dg
from rich.status import Status

PHRASES = {
    "agent_logs": "reading agent logs",
    "sources__manual_entries": "reading manual entries",
    "sources__expected_entries": "looking for expected entries",
    "landed_records": "checking and loading landed files",
    "priced_units": "looking up prices",
    "settings_tables": "loading settings",
    "facts": "building and testing the models",
    "cost_forecasts": "forecasting",
    "cost_anomalies": "looking for anomalies",
    "forecast_marts": "building the forecast reports",
    "published__warehouse": "checking every sum",
    "dashboards__cost_report": "drawing the report",
    "published__build": "publishing",
    "notifications__alerts": "evaluating alert rules",
}


class _StatusHandler(logging.Handler):
    def __init__(self, status: Status) -> None:
        super().__init__(logging.DEBUG)
        self._status = status

    def emit(self, record: logging.LogRecord) -> None:
        meta: dict[str, Any] = getattr(record, "dagster_meta", {})
        step = str(meta.get("step_key") or "").replace("[", "").replace("]", "")
        phrase = PHRASES.get(step, step.replace("__", " ").replace("_", " "))
        event = meta.get("dagster_event")
        if phrase and event is None and record.levelno == logging.INFO:
            self._status.update(f"{phrase}: {record.getMessage().split(' - ')[-1]}")
        elif phrase:
            self._status.update(phrase)


def step_logger(status: Status) -> dg.LoggerDefinition:
    """A Dagster logger that shows the step under way in `status`, and prints nothing."""

    def steps(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("ai-costs steps", logging.DEBUG)  # noqa: LOG001 - Dagster asks for one of its own
        logger.addHandler(_StatusHandler(status))
        return logger

    return dg.LoggerDefinition(steps, description="Shows the step under way on the terminal.")
