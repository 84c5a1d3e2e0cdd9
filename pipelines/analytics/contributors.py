"""What an event's excess is made of: who contributed, and whether it is more use, other prices or other models.

Belongs here: comparing the days of an event with the four weeks before it. Does not: what is an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pipelines.analytics.cells import DIMENSIONS, LevelSeries
from pipelines.analytics.events import Event

USUAL_DAYS = 28
TOP = 3
"""How many contributors of each dimension are named."""

Amounts = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """An excess divided as rpt_cost_drivers divides a change, which sums to it: see there."""

    volume: float = 0.0
    mix: float = 0.0
    price: float = 0.0
    new: float = 0.0
    gone: float = 0.0
    other: float = 0.0


@dataclass(frozen=True)
class Contributor:
    """A value of one dimension with what it cost beyond the usual, and its share of the event's excess."""

    dimension: str
    value: str
    rank: int
    excess: float
    share: float
    parts: Parts


@dataclass(frozen=True)
class Explained:
    """The days of an event by cell, next to what is usual: the expected amount, divided as the four weeks before it."""

    series: LevelSeries
    actual: Amounts
    usual: Amounts
    tokens: Amounts
    usual_tokens: Amounts

    @property
    def excess(self) -> Amounts:
        """Of each cell."""
        return self.actual - self.usual

    def parts(self) -> Parts:
        """The whole excess, divided."""
        return self._parts(np.ones(len(self.actual), bool))

    def contributors(self) -> Iterator[Contributor]:
        """The values of each dimension that moved most in the direction of the event, the first first."""
        labels = self.series.cells.labels[self.series.mask]
        whole = float(self.excess.sum())
        for dimension in DIMENSIONS:
            names = labels[dimension].to_numpy()
            moved = {name: float(self.excess[names == name].sum()) for name in sorted(set(names) - {""})}
            ranked = sorted(moved, key=lambda name: (-moved[name] / whole if whole else 0.0, name))
            for rank, name in enumerate(ranked[:TOP], start=1):
                if moved[name] * whole > 0:
                    parts = self._parts(names == name)
                    yield Contributor(dimension, name, rank, moved[name], moved[name] / whole, parts)

    def _parts(self, chosen: NDArray[np.bool_]) -> Parts:
        """Divide by provider and model, as all models of `chosen` together grew."""
        labels = self.series.cells.labels[self.series.mask]
        models = (labels["provider"] + "\0" + labels["model_id"]).to_numpy()
        rows = [
            tuple(float(each[chosen & (models == name)].sum()) for each in self._columns())
            for name in sorted(set(models[chosen]))
        ]
        by_tokens = [row for row in rows if row[2] > 0 and row[3] > 0 and row[1] > 0]
        growth = sum(row[2] for row in by_tokens) / (sum(row[3] for row in by_tokens) or 1.0)
        sums = {part.name: 0.0 for part in fields(Parts)}
        for actual, usual, tokens, usual_tokens in rows:
            if (actual, usual, tokens, usual_tokens) in by_tokens:
                sums["volume"] += usual * (growth - 1)
                sums["mix"] += usual * (tokens / usual_tokens - growth)
                sums["price"] += actual - usual * tokens / usual_tokens
            else:
                sums["new" if not usual else "gone" if not actual else "other"] += actual - usual
        return Parts(**sums)

    def _columns(self) -> tuple[Amounts, Amounts, Amounts, Amounts]:
        return self.actual, self.usual, self.tokens, self.usual_tokens


def explain(series: LevelSeries, event: Event) -> Explained:
    """Compare the days of `event` with the four weeks before it, cell by cell."""
    cells = series.cells
    at = [cells.at(each.day) for each in event.days]
    before = slice(max(at[0] - USUAL_DAYS, 0), at[0])
    actual, tokens = cells.amounts[series.mask][:, at].sum(axis=1), cells.tokens[series.mask][:, at].sum(axis=1)
    usual, usual_tokens = _usual(cells.amounts[series.mask][:, before]), _usual(cells.tokens[series.mask][:, before])
    # A Sunday is expected to cost less than the usual day: divide what was expected, not what is usual.
    together = float(usual.sum())
    if event.expected > 0 and together > 0:
        usual, usual_tokens = usual * (event.expected / together), usual_tokens * (event.expected / together)
    return Explained(series, actual, usual, tokens, usual_tokens)


def top_cell(series: LevelSeries, event: Event) -> int:
    """The cell that moved most in the direction of `event` up to the day it was found on."""
    cells = series.cells
    at = [cells.at(each.day) for each in event.days if each.day <= event.found_on]
    before = slice(max(at[0] - USUAL_DAYS, 0), at[0])
    moved = cells.amounts[series.mask][:, at].mean(axis=1) - _usual(cells.amounts[series.mask][:, before])
    chosen = np.flatnonzero(series.mask)
    return int(chosen[np.argmax(moved if event.direction == "up" else -moved)])


def _usual(amounts: Amounts) -> Amounts:
    """The median of each cell, or its mean where it is used on fewer than half of the days."""
    if not amounts.shape[1]:
        return np.zeros(len(amounts))
    medians = np.median(amounts, axis=1)
    result: Amounts = np.where(medians > 0, medians, amounts.mean(axis=1))
    return result
