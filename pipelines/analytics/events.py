"""The unusual events of one series, found by walking forward through it: no later day changes what was found before.

Belongs here: when an event begins, which days belong to it, what kind it is. Does not: which series are judged
(levels.py), or which events are one incident (incidents.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipelines.analytics import expectation
from pipelines.analytics.expectation import Expectation
from pipelines.analytics.outlook import LEAST_HISTORY

SPIKE, BURST, DROP, LEVEL_SHIFT, SLOW_RISE = "spike", "burst", "drop", "level_shift", "slow_rise"
MISSING_DATA, NEW_SPENDER, GONE_SPENDER = "missing_data", "new_spender", "gone_spender"
UP, DOWN = "up", "down"
WARM_UP_DAYS = 90
"""An event found with fewer days of history is early: a quarter of those were wrong, against a tenth later."""
LEVEL_DAYS = 7
"""An event that goes on for so long is a new level."""
ENDS_AFTER = {"up": 28, "down": 60}
"""What has risen for four weeks is what it costs now; who spent nothing for sixty days is not waited for."""
REACHES_BACK = 3
"""An event may have begun so many days before the first that was unusual enough by itself."""
PAUSE_DAYS = 2
"""So many ordinary days in a row end an event."""
CONTINUES_Z, CONTINUES_SHARE = 2.0, 0.6
"""A day belongs to the open event if it is beyond this z and rose by this share, in logarithms, of the day it was found
on; or, of a drop, is below this share of what was expected."""
DROP_CONTINUES = 0.5
STEEPER = 1.25
"""An event whose last days are so much further above than its first is a rise that goes on, not a level."""
QUIET_DAYS = 60
"""After a rise or a new level, the next rise is not reported for so long: one that goes on is one event."""
BAR_FACTOR = 1.25
"""After one was dismissed, an event like it has to be so much larger."""


@dataclass(frozen=True)
class EventDay:
    """One day of an event; `actual` is NaN where nothing was delivered."""

    day: pd.Timestamp
    actual: float
    expected: float


@dataclass(frozen=True)
class Event:
    """An unusual stretch of one series.

    `found_on` is the day on which it was unusual enough to be reported: no day before it changed that.
    """

    kind: str
    direction: str
    days: tuple[EventDay, ...]
    found_on: pd.Timestamp
    is_open: bool
    confidence: str
    strength: float = math.inf
    """how many spreads the day it was found on is away from what was expected; infinite where that is not asked"""

    @property
    def start(self) -> pd.Timestamp:
        """Its first day."""
        return self.days[0].day

    @property
    def end(self) -> pd.Timestamp:
        """Its last day so far."""
        return self.days[-1].day

    @property
    def expected(self) -> float:
        """What its days were expected to cost together."""
        return float(sum(each.expected for each in self.days))

    @property
    def actual(self) -> float:
        """What its days cost together; NaN where they were not delivered."""
        return float(sum(each.actual for each in self.days))

    @property
    def excess(self) -> float:
        """What was not expected; negative where its days fell short, NaN where they were not delivered."""
        return self.actual - self.expected


@dataclass(frozen=True)
class Lesson:
    """What a person taught about one series: its days do not define what is usual, and similar events are not reported.

    `start` is the day on which the event was found, `excess` the largest of one of its days.
    """

    direction: str
    start: pd.Timestamp
    end: pd.Timestamp
    excess: float


@dataclass
class _Open:
    """An event under way while the walk goes on: its positions, and what was expected of each."""

    kind: str
    direction: str
    found_at: int
    expected: dict[int, float] = field(default_factory=dict)
    pauses: int = 0
    strength: float = math.inf
    rise: float = 0.0
    """of the day it was found on, on the scale of logarithms"""
    usual_week: expectation.Costs | None = None
    """of a slow rise or a gone spender: what its weekdays had before, from its first day on"""

    def usual(self, position: int, expected: Expectation) -> float:
        """What was expected of a day: of a rise, as if it had not begun."""
        if self.usual_week is None:
            return expected.amount
        return float(self.usual_week[(position - min(self.expected)) % expectation.WEEK])


def events_of(costs: pd.Series[float], least_impact: float = 1.0, lessons: Sequence[Lesson] = ()) -> list[Event]:
    """The events of a series by day; a day that is NaN was not delivered and is not tested.

    Args:
        costs: one amount a day, without gaps in the index.
        least_impact: amount of a day below which nothing is shown.
        lessons: people's verdicts on earlier events of this series.
    """
    return _Walk(costs, least_impact, lessons).run()


class _Walk:
    def __init__(self, costs: pd.Series[float], least_impact: float, lessons: Sequence[Lesson]) -> None:
        self.days = pd.DatetimeIndex(costs.index)
        self.given = costs.to_numpy(dtype=float)
        self.actual = self.given.clip(0)
        self.cleaned = self.actual.copy()
        self.edges = self.days.is_month_start | self.days.is_month_end
        self.least_impact = least_impact
        self.lessons = lessons
        self.open: dict[str, _Open] = {}
        self.quiet_until = -1
        self.found: list[Event] = []

    def run(self) -> list[Event]:
        self._fill_first_days()
        for position in range(LEAST_HISTORY, len(self.actual)):
            expected = expectation.expect(self.cleaned[:position])
            if self._is_judged(position, expected):
                self._judge(position, expected)
        for direction in (UP, DOWN, MISSING_DATA):
            self._close(direction, is_open=True)
        return sorted(self.found, key=lambda event: (event.start, event.found_on, event.kind))

    def _fill_first_days(self) -> None:
        """Before anything can be expected, an undelivered day is taken to be like the delivered ones."""
        first = self.given[:LEAST_HISTORY]
        known = first[~np.isnan(first)].clip(0)
        usual = float(np.median(known)) if len(known) else 0.0
        for values in (self.actual, self.cleaned):
            values[:LEAST_HISTORY] = np.where(np.isnan(first), usual, values[:LEAST_HISTORY])

    def _is_judged(self, position: int, expected: Expectation) -> bool:
        """Whether the day says anything about use; one that does not is expected in its own place."""
        given = self.given[position]
        if given >= 0:
            self._close(MISSING_DATA)
            return True
        self.cleaned[position] = expected.amount
        if np.isnan(given):
            self.actual[position] = expected.amount
            event = self.open.setdefault(MISSING_DATA, _Open(MISSING_DATA, DOWN, position))
            event.expected[position] = expected.amount
        return False

    def _judge(self, position: int, expected: Expectation) -> None:
        direction = expectation.direction(
            self.cleaned[:position],
            # Peaks are looked for in what really came, so that a new level is reported once and then accepted.
            self.actual[: position + 1],
            self.edges[: position + 1],
            expected,
            self.least_impact,
        )
        excess = abs(self.actual[position] - expected.amount)
        if direction is not None and not self._is_known(position, direction, excess):
            self._close(DOWN if direction == UP else UP)
            self._alert(position, direction, expected)
        else:
            for other in (UP, DOWN):
                if other in self.open:
                    self._go_on(other, position, expected)
        if any(lesson.start <= self.days[position] <= lesson.end for lesson in self.lessons):
            self.cleaned[position] = expected.amount
        self._look_for_a_rise(position)

    def _alert(self, position: int, direction: str, expected: Expectation) -> None:
        if direction not in self.open:
            kind = SPIKE if direction == UP else DROP
            today = float(self.actual[position])
            self.open[direction] = _Open(
                kind, direction, position, strength=abs(expected.z(today)), rise=expected.rise(today)
            )
            self._reach_back(position, direction)
        self._extend(direction, position, expected)

    def _reach_back(self, position: int, direction: str) -> None:
        """Add the days just before that are like it, and were not enough by themselves: a Sunday like a Monday."""
        before = []
        for day in range(position - 1, max(position - REACHES_BACK, LEAST_HISTORY) - 1, -1):
            expected = expectation.expect(self.cleaned[:day])
            if not self.given[day] >= 0 or not self._is_like(direction, day, expected):
                break
            before.append((day, expected))
        for day, expected in reversed(before):
            self._extend(direction, day, expected)

    def _is_like(self, direction: str, position: int, expected: Expectation) -> bool:
        """Whether the day is as unusual as those of the open event."""
        event, today = self.open[direction], float(self.actual[position])
        if event.usual_week is not None:
            return today > expectation.RISE_FACTOR * event.usual(position, expected) if direction == UP else today == 0
        if direction == UP:
            return expected.z(today) > CONTINUES_Z and expected.rise(today) > CONTINUES_SHARE * event.rise
        return expected.z(today) < -CONTINUES_Z and today < DROP_CONTINUES * expected.amount

    def _is_known(self, position: int, direction: str, excess: float) -> bool:
        """Whether a person dismissed one like it before."""
        day = self.days[position]
        return any(
            lesson.end < day and lesson.direction == direction and excess <= BAR_FACTOR * lesson.excess
            for lesson in self.lessons
        )

    def _go_on(self, direction: str, position: int, expected: Expectation) -> None:
        """Add the day to the open event if it belongs there: it is not an alert of its own."""
        event = self.open[direction]
        if self._is_like(direction, position, expected):
            self._extend(direction, position, expected)
        elif event.kind == GONE_SPENDER:
            self._close(direction)
        elif direction == UP or expected.amount > expected.softening:
            # A day of which next to nothing was expected does not end an outage.
            event.pauses += 1
            if event.pauses >= PAUSE_DAYS:
                self._close(direction)

    def _extend(self, direction: str, position: int, expected: Expectation) -> None:
        event = self.open[direction]
        event.expected[position] = event.usual(position, expected) if event.expected else expected.amount
        event.pauses = 0
        if event.usual_week is not None:
            if len(event.expected) >= ENDS_AFTER[direction]:
                self._close(direction)
            return
        self.cleaned[position] = expected.amount
        if len(event.expected) < LEVEL_DAYS:
            return
        if direction == UP and self._grows(event):
            event.kind, event.usual_week = SLOW_RISE, expectation.usual_week(self.cleaned[: min(event.expected)])
            self.quiet_until = position + QUIET_DAYS
        else:
            self._accept(direction)

    def _grows(self, event: _Open) -> bool:
        if min(event.expected) < expectation.RISE_WEEKS * expectation.WEEK:
            return False
        ratios = [self.actual[day] / max(amount, 1e-9) for day, amount in event.expected.items()]
        return float(np.mean(ratios[-3:])) > STEEPER * float(np.mean(ratios[:3]))

    def _accept(self, direction: str) -> None:
        """Take the open event for a new level: from now on it is what is expected."""
        event = self.open[direction]
        positions = list(event.expected)
        start, last = positions[0], positions[-1]
        actual, expected = float(self.actual[positions].sum()), sum(event.expected.values())
        week = expectation.usual_week(self.cleaned[:start])
        self.cleaned[:start] *= actual / max(expected, self.least_impact)
        self.cleaned[start : last + 1] = self.actual[start : last + 1]
        self.quiet_until = last + QUIET_DAYS
        if actual > 0:
            event.kind = LEVEL_SHIFT
            self._close(direction)
        else:
            event.kind, event.usual_week = GONE_SPENDER, week

    def _look_for_a_rise(self, position: int) -> None:
        first = position - expectation.RISE_DAYS + 1
        days = slice(first, position + 1)
        if self.open or position < self.quiet_until or first < LEAST_HISTORY or np.isnan(self.given[days]).any():
            return
        past, actual = self.cleaned[:first], self.actual[days]
        if not expectation.has_risen(past, actual, self.least_impact):
            return
        week = expectation.usual_week(past)
        usual = week[: expectation.RISE_DAYS]
        self.quiet_until = position + QUIET_DAYS
        if not self._is_known(position, UP, float((actual - usual).max())):
            expected = dict(zip(range(first, position + 1), usual.tolist(), strict=True))
            self.open[UP] = _Open(SLOW_RISE, UP, position, expected, usual_week=week)

    def _close(self, direction: str, *, is_open: bool = False) -> None:
        event = self.open.pop(direction, None)
        if event is None:
            return
        if event.kind == SPIKE and len(event.expected) > 1:
            event.kind = BURST
        days = tuple(
            EventDay(self.days[position], float(self.given[position]), amount)
            for position, amount in event.expected.items()
        )
        confidence = "normal" if event.found_at >= WARM_UP_DAYS else "early"
        found_on = self.days[event.found_at]
        self.found.append(Event(event.kind, event.direction, days, found_on, is_open, confidence, event.strength))
