"""What of an answer is taken: one table for each day, but of none that contradicts itself or may be forgotten.

Belongs here: judging an answer against its window and against what has landed. Does not: what to ask, or landing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pyarrow as pa

from pipelines.domain.periods import Window
from pipelines.domain.records import UsageRecord, to_table
from pipelines.landing import Partition
from pipelines.sources.api.framework.answers import AnswerError
from pipelines.sources.api.framework.source import Answer

MAX_FUTURE_SKEW = timedelta(hours=26)
"""A bucket that starts later than this from now is a fault: no time zone is further ahead."""

CONFIRMATIONS = 3
"""How often a day that had figures must come back empty before that is believed."""


@dataclass
class Taken:
    """An answer by days. `contradictions`: why a day is left as it was; `left_out`: rows dated in the future."""

    tables: dict[date, pa.Table]
    contradictions: dict[date, str] = field(default_factory=dict)
    duplicates: int = 0
    left_out: int = 0

    @property
    def days_with_rows(self) -> list[date]:
        """The days that have figures, in order."""
        return sorted(day for day, table in self.tables.items() if table.num_rows)


def by_day(answer: Answer, window: Window, now: datetime, may_lack: Iterable[date]) -> Taken:
    """One table per day of the window; an idle day has an empty one, and one of `may_lack` need not be there.

    Two rows that say different things of the same thing leave nobody to say which is right: their day is not taken.

    Raises:
        AnswerError: a day is missing, or one came that was not asked for.
    """
    days: dict[date, dict[str, UsageRecord]] = {day: {} for day in window.days()}
    taken = Taken({})
    for record in answer.records:
        if record.period_start > now + MAX_FUTURE_SKEW:
            taken.left_out += 1
            continue
        if record.day not in days:
            raise AnswerError(f"a figure of {record.day} was returned without being requested ({window.start} on)")
        earlier = days[record.day].setdefault(record.record_key, record)
        if earlier is record:
            continue
        if earlier == record:
            taken.duplicates += 1
        else:
            taken.contradictions[record.day] = f"two different figures for the same key: {_name(record)}"
    unanswered = set(days) - set(answer.covered)
    missing = sorted(unanswered - set(may_lack))
    if missing:
        raise AnswerError(f"no answer for {listed(missing)}: a page is missing, so nothing of this window is landed")
    taken.tables = {
        day: to_table(records.values())
        for day, records in days.items()
        if day not in unanswered and day not in taken.contradictions
    }
    return taken


@dataclass(frozen=True)
class Doubts:
    """Days whose answer is not believed yet.

    `unconfirmed`: how often days that had figures came back without, `emptied` the same of all days ever doubted.
    `forgotten`: days that settled long ago and came back without figures, or with the first figures after such days.
    `confirmed`: days that are taken as empty now.
    """

    emptied: Mapping[date, int]
    unconfirmed: Mapping[date, int] = field(default_factory=dict)
    forgotten: tuple[date, ...] = ()
    confirmed: tuple[date, ...] = ()


def doubts(taken: Taken, landed: Mapping[date, Partition], emptied: Mapping[date, int], settles: date) -> Doubts:
    """What of an answer is doubted, because figures had landed and none came back.

    A day that may still change is believed to be empty after `CONFIRMATIONS` answers. An older one is not, unless a
    day before it still has figures: a provider that forgets old days answers as if there had been nothing.
    """
    had_rows = {day for day in taken.tables if day in landed and landed[day].row_count}
    answered = taken.days_with_rows
    first = answered[0] if answered else None
    empty = had_rows - set(answered)
    forgotten = {day for day in empty if day < settles and (first is None or day < first)}
    if forgotten and first in had_rows and first < settles:
        forgotten.add(first)  # what is stored may begin in the middle of a day
    times = {day: emptied.get(day, 0) + 1 for day in sorted(empty - forgotten)}
    unconfirmed = {day: count for day, count in times.items() if count < CONFIRMATIONS}
    others = {day: count for day, count in emptied.items() if day not in taken.tables}
    return Doubts(
        emptied={**others, **unconfirmed},
        unconfirmed=unconfirmed,
        forgotten=tuple(sorted(forgotten)),
        confirmed=tuple(day for day in times if day not in unconfirmed),
    )


def listed(days: list[date]) -> str:
    """Days in a few words."""
    return str(days[0]) if len(days) == 1 else f"{len(days)} days from {days[0]}"


def _name(record: UsageRecord) -> str:
    parts = (record.project, record.api_key_id, record.model_raw, record.meter, record.line_item)
    return " / ".join(part for part in parts if part) or record.source
