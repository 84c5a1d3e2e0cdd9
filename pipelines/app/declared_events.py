"""What ai-costs.yaml and people's feedback say of single days, as forecasts take it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from pipelines.analytics.masks import Calendar, ExpectedCost, LevelShift, Mask
from pipelines.config import Configuration
from pipelines.config.events import Event, holidays_of

COLUMNS = {"provider": "provider", "account": "account_name", "project": "project", "key": "api_key"}
OLDEST_HOLIDAYS = 3
"""Years; older ones are learnt from no more."""


def calendar_of(configuration: Configuration, masks: Sequence[Mask], as_of: date) -> Calendar:
    """The calendar of a build: declared events and holidays, and `masks` of people's feedback.

    Args:
        configuration: ai-costs.yaml.
        masks: see `masks_of`.
        as_of: the day under way.
    """
    events = configuration.events
    years = range(as_of.year - OLDEST_HOLIDAYS, as_of.year + 2)
    return Calendar(
        masks=[*masks, *(_mask(event) for event in events if not event.is_new_level)],
        level_shifts=[
            LevelShift(event.start, _scope(event)) for event in events if event.is_new_level and event.start <= as_of
        ],
        expected=[cost for event in events for cost in _expected(event, configuration.currency)],
        holidays=holidays_of(configuration.holidays, years),
    )


def _scope(event: Event) -> dict[str, list[str]]:
    return {COLUMNS[dimension]: list(values) for dimension, values in event.scope.items()}


def _mask(event: Event) -> Mask:
    return Mask(pd.DatetimeIndex(list(event.days())), _scope(event))


def _expected(event: Event, currency: str) -> list[ExpectedCost]:
    if event.amount is None:
        return []
    days = list(event.days())
    (provider,) = event.scope["provider"]
    return [ExpectedCost(day, float(event.amount) / len(days), currency, provider) for day in days]
