"""The forecasts of usage that the last run made, in one file of the home: what has not changed is not made again.

Belongs here: that file. Does not: what a forecast is or depends on (pipelines/analytics/usage.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipelines.analytics.usage import UsageForecast
from pipelines.sources.row_file import RowFile
from pipelines.state import set_aside

_FORECAST = TypeAdapter(UsageForecast)


class StoredForecasts:
    """The forecasts of one home by their keys."""

    def __init__(self, path: Path) -> None:
        self._file = RowFile(
            path=path,
            rows="forecasts",
            from_json=_from_json,
            to_json=_to_json,
            when_damaged=_set_aside,
        )

    def all(self) -> dict[str, UsageForecast]:
        """What the last run made or used. A damaged file is set aside: all of it can be made again."""
        return dict(self._file.all())

    def replace(self, forecasts: Mapping[str, UsageForecast]) -> None:
        """Store these and no others, so that the file does not grow."""
        self._file.change(lambda _: sorted(forecasts.items(), key=lambda each: each[0]))


def _from_json(value: dict[str, Any]) -> tuple[str, UsageForecast]:
    return str(value["key"]), _FORECAST.validate_python(value["forecast"])


def _to_json(row: tuple[str, UsageForecast]) -> dict[str, Any]:
    key, forecast = row
    return {"key": key, "forecast": _FORECAST.dump_python(forecast, mode="json")}


def _set_aside(path: Path, error: Exception) -> None:
    effect = "Every series is forecast again; no figure depends on it."
    with suppress(OSError):  # a copy that may not be written
        set_aside(path, f"is damaged ({type(error).__name__})", effect)
