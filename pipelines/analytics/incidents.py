"""Events of several series that are one incident: at most one of them is reported.

Belongs here: which events go together, which of them names the incident, its id and how severe it is. Does not: what
is an event.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.analytics.cells import LEVELS, LevelSeries
from pipelines.analytics.events import MISSING_DATA, Event
from pipelines.analytics.series import TOTAL

EXPLAINS = 0.7
"""The narrowest series names the incident that has this share of its largest excess."""
PART = 0.2
"""An event within a broader one is a part of it from this share of its excess a day on, or else one of its own."""
LEAST_STRENGTH_ALONE = 5.0
"""Spreads that an event is away which only one provider, project or key shows: those that were wrong were 3.6 to 4.3
away, those that were right 6.9 and more."""
APART = pd.Timedelta(days=1)
MONTH = 30
SEVERITIES = ("low", "medium", "high", "critical")
SHARES_OF_MONTH = (0.005, 0.02, 0.1)
"""From which share of the account's month on an excess is medium, high and critical."""
MILD_RATIO = 1.5
"""What is less than half as much again is one step less severe."""


@dataclass(frozen=True, eq=False)
class Found:
    """An event of one series; `cause` is the cell that moved most by the day it was found on."""

    series: LevelSeries
    event: Event
    cause: int

    @property
    def event_id(self) -> str:
        """The same for as long as the past is the same: it depends on nothing after the day it was found on."""
        cells, event = self.series.cells, self.event
        direction = MISSING_DATA if event.kind == MISSING_DATA else event.direction
        parts = (cells.cost_kind, cells.currency, self.series.level, self.series.name, direction, str(event.start))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]

    @property
    def excess_a_day(self) -> float:
        """Up to the day it was found on."""
        known = [each.actual - each.expected for each in self.event.days if each.day <= self.event.found_on]
        return abs(sum(known)) / len(known)

    def is_same_incident(self, other: Found) -> bool:
        """Whether both are the same money moving in the same days."""
        mine, its = self.event, other.event
        if mine.direction != its.direction or MISSING_DATA in (mine.kind, its.kind):
            return False
        if mine.start > its.end + APART or its.start > mine.end + APART:
            return False
        has_same_cause = bool(self.series.mask[other.cause] and other.series.mask[self.cause])
        return has_same_cause or self._is_part_of(other) or other._is_part_of(self)

    def _is_part_of(self, broader: Found) -> bool:
        is_within = bool((broader.series.mask | ~self.series.mask).all())
        return is_within and self.excess_a_day >= PART * broader.excess_a_day


@dataclass(frozen=True)
class Incident:
    """Events that are one. `named` is that of the narrowest series that explains it."""

    event_id: str
    members: tuple[Found, ...]
    named: Found
    found_on: pd.Timestamp
    severity: str


def merge(found: Sequence[Found]) -> list[Incident]:
    """One incident for all events that are the same, by start."""
    groups: list[list[Found]] = []
    for each in found:
        same = [group for group in groups if any(each.is_same_incident(other) for other in group)]
        groups = [group for group in groups if group not in same]
        groups.append([*(other for group in same for other in group), each])
    incidents = [_incident(group) for group in groups if _is_shown(group)]
    return sorted(incidents, key=lambda incident: (incident.named.event.start, incident.event_id))


def _is_shown(group: list[Found]) -> bool:
    """Of many parts one is unusual by chance: what none but one of them shows has to be further from the usual."""
    return len(group) > 1 or group[0].series.level == TOTAL or group[0].event.strength >= LEAST_STRENGTH_ALONE


def _incident(group: list[Found]) -> Incident:
    breadth = {level: number for number, level in enumerate(LEVELS)}
    first = min(group, key=lambda each: (each.event.found_on, breadth[each.series.level], each.series.name))
    largest = max(_size(each.event) for each in group)
    explaining = [each for each in group if _size(each.event) >= EXPLAINS * largest]
    named = max(
        explaining, key=lambda each: (breadth[each.series.level], _size(each.event), each.series.name, each.event.start)
    )
    return Incident(first.event_id, tuple(group), named, first.event.found_on, _severity(named))


def _size(event: Event) -> float:
    return event.expected if event.kind == MISSING_DATA else abs(event.excess)


def _severity(found: Found) -> str:
    """By money, as a share of the account's month, and by ratio."""
    event, cells = found.event, found.series.cells
    start = cells.at(event.start)
    days = cells.amounts[:, max(start - MONTH, 0) : start]
    month = float(days.sum()) / max(days.shape[1], 1) * MONTH
    share = _size(event) / month if month > 0 else math.inf
    step = int(np.searchsorted(SHARES_OF_MONTH, share, side="right"))
    ratio = event.actual / event.expected if event.expected > 0 else math.inf
    if 1 / MILD_RATIO < ratio < MILD_RATIO:
        step -= 1
    return SEVERITIES[max(step, 0)]
