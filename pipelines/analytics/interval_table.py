"""How wide intervals are before a series has errors of its own to tell, and by how much measured ones are scaled.

Belongs here: the table, which interval_table.json has and `python -m benchmarks.learn_intervals` writes, and which of
its groups a series is in. Does not: the errors of one series (intervals.py).
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("interval_table.json")
CONSTANT, USUAL, NOISY, SPARSE = "constant", "usual", "noisy", "sparse"
MOST_NOISE = {CONSTANT: 0.3, USUAL: 1.4}
"""Up to which spread, as `PastErrors` has it, a series is in a group; above them it is noisy."""


class Scales(BaseModel):
    """By how much the widths of a group are scaled, for days and sums and for each level."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    days_80: float
    days_95: float
    sums_80: float
    sums_95: float

    def of(self, kind: str, level: int) -> float:
        """The scale of "days" or "sums" at 80 or 95 per cent."""
        return float(getattr(self, f"{kind}_{level}"))


class IntervalTable(BaseModel):
    """One version of the table.

    `day_spreads` has the spread of the log ratio of one day, by the last day of a bucket of horizons; `sum_spreads`
    that of a sum, by its days; `scales` by how much all widths of a group are multiplied.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    version: int
    day_spreads: dict[int, float]
    sum_spreads: dict[int, float]
    scales: dict[str, Scales]


TABLE = IntervalTable.model_validate_json(FILE.read_text(encoding="utf-8"))


def group_of(spread: float | None) -> str:
    """The group of a series with so much noise; None for one that is irregular."""
    if spread is None:
        return SPARSE
    return next((group for group, most in MOST_NOISE.items() if spread <= most), NOISY)
