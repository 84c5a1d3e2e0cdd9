"""Daily costs as rpt_daily_costs has them, for the days before one fixed day under way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

AS_OF = date(2026, 6, 17)
WEEK_SHAPE = (1.0, 1.1, 1.2, 1.1, 1.0, 0.3, 0.2)
"""Monday to Sunday."""
COLUMNS = (
    *("cost_date", "provider", "model_id", "cost_kind", "currency", "cost_amount"),
    *("charge_category", "is_spread", "source_kind"),
)


def row(day: date, amount: Any, provider: str = "anthropic", **other: Any) -> dict[str, Any]:
    usage = {"charge_category": "Usage", "is_spread": False, "source_kind": "manual"}
    named = {"model_id": "claude-opus-4-6", "cost_kind": "spend", "currency": "USD", **usage, **other}
    return {"cost_date": day, "provider": provider, "cost_amount": amount, **named}


def rows(amounts: Iterable[Any], provider: str = "anthropic", **other: Any) -> list[dict[str, Any]]:
    """One row a day, the last amount falling on the day before `AS_OF`."""
    listed = list(amounts)
    first = AS_OF - timedelta(days=len(listed))
    return [row(first + timedelta(days=number), amount, provider, **other) for number, amount in enumerate(listed)]


def daily(*parts: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([found for part in parts for found in part], columns=list(COLUMNS))


def series(amounts: Iterable[float]) -> pd.Series[float]:
    """The amounts as one series that ends the day before `AS_OF`."""
    listed = np.array(list(amounts), dtype=float)
    return pd.Series(listed, index=pd.date_range(end=AS_OF - timedelta(days=1), periods=len(listed), freq="D"))


def shaped(days: int, level: float = 20.0) -> list[float]:
    """A working week without noise."""
    first = AS_OF - timedelta(days=days)
    return [level * WEEK_SHAPE[(first + timedelta(days=number)).weekday()] for number in range(days)]


def working_weeks(days: int, level: float = 20.0, noise: float = 0.1, seed: int = 1) -> list[float]:
    """A working week's shape around a level, ending the day before `AS_OF`."""
    chance = np.random.default_rng(seed)
    first = AS_OF - timedelta(days=days)
    shape = [WEEK_SHAPE[(first + timedelta(days=number)).weekday()] for number in range(days)]
    return [round(float(amount), 6) for amount in level * np.array(shape) * chance.lognormal(0, noise, days)]
