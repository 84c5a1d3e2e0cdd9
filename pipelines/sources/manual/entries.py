"""The entries of one file, packed while they are many: a file of a million rows would take gigabytes as records.

Belongs here: keeping entries by day, numbering those that say the same, and finding rows that appear twice. Does not:
checking cells (csv_entries.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
import pyarrow as pa

from pipelines.domain.money import exact_sum
from pipelines.domain.records import UsageRecord, to_table
from pipelines.presentation.messages import SAME_LINE
from pipelines.presentation.wording import counted

REPEATS_SHOWN = 5
PROGRESS_EVERY_DAYS = 50
VARYING = ("cost_amount", "requests", "unsplit_tokens", "entry_id", "note")
"""What nearly every row has of its own; the rest is stored once for all rows that share it."""


class Entries:
    """The entries of a file by day, in the order of its lines. `ids` are the lines of each entry_id."""

    def __init__(self) -> None:
        self._shared: dict[tuple[tuple[str, Any], ...], int] = {}
        self._days: dict[date, bytearray] = {}
        self._count = 0
        self._sums: dict[str, list[Decimal]] = {}
        self.ids: dict[str, int] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def days(self) -> list[date]:
        """The days that entries begin on, in order."""
        return sorted(self._days)

    @property
    def sums(self) -> dict[str, Decimal]:
        """What the entries come to, by currency."""
        return {currency: exact_sum(amounts) for currency, amounts in sorted(self._sums.items())}

    def add(self, line: int, values: dict[str, Any]) -> None:
        """Keep one entry, given as the values of a record."""
        varying = [values.pop(name) for name in VARYING]
        amount: Decimal = varying[0]
        if values["currency"]:
            together = self._sums.setdefault(values["currency"], [Decimal(0)])
            together[0] = exact_sum([together[0], amount])
        shared = self._shared.setdefault(tuple(values.items()), len(self._shared))
        packed = orjson.dumps([line, shared, f"{amount:f}", *varying[1:]])
        self._days.setdefault(values["period_start"].date(), bytearray()).extend(packed + b"\n")
        self._count += 1

    def of(self, day: date) -> list[UsageRecord]:
        """The entries of one day; those that say the same of it are numbered."""
        return [record for _, record in self._records(day)]

    def records(self) -> list[UsageRecord]:
        """All entries in the order of the file."""
        numbered = [pair for day in self._days for pair in self._records(day)]
        return [record for _, record in sorted(numbered, key=lambda pair: pair[0])]

    @property
    def findings(self) -> tuple[str, ...]:
        """Rows that are the same as an earlier one: pasted twice, or two entries."""
        repeats = sorted(repeat for day in self._days for repeat in self._repeats(day))
        advice = "both count: give each an entry_id if both are meant, else remove one"
        notices = [f"line {line} {SAME_LINE} {first}, and {advice}" for line, first in repeats[:REPEATS_SHOWN]]
        more = len(repeats) - REPEATS_SHOWN
        return (
            *notices,
            *([f"{counted(more, 'more line is', 'more lines are')} the same as earlier ones"] if more > 0 else []),
        )

    def _repeats(self, day: date) -> Iterator[tuple[int, int]]:
        """(line, first line) of each row of a day that is the same as an earlier one."""
        lines: dict[bytes, int] = {}
        for packed in bytes(self._days[day]).splitlines():
            start, _, content = packed.partition(b",")
            line = int(start[1:])
            first = lines.setdefault(content, line)
            if first != line:
                yield line, first

    def _records(self, day: date) -> Iterator[tuple[int, UsageRecord]]:
        shared = list(self._shared)
        seen: Counter[str] = Counter()
        for packed in bytes(self._days[day]).splitlines():
            line, index, amount, *others = orjson.loads(packed)
            values = dict(shared[index]) | dict(zip(VARYING, [Decimal(amount), *others], strict=True))
            record = UsageRecord(**values)
            ordinal = seen[record.record_key]
            seen[record.record_key] += 1
            yield line, record if ordinal == 0 else replace(record, row_ordinal=ordinal)


class Tables(Mapping[date, pa.Table]):
    """The entries of each day as a table, made when it is asked for; `progress` says how far that is."""

    def __init__(self, entries: Entries, progress: Callable[[str], None] = lambda _: None) -> None:
        self._entries = entries
        self._progress = progress
        self._asked = 0

    def __getitem__(self, day: date) -> pa.Table:
        if self._asked % PROGRESS_EVERY_DAYS == PROGRESS_EVERY_DAYS - 1:
            self._progress(f"landing day {self._asked + 1:,} of {len(self):,}")
        self._asked += 1
        return to_table(self._entries.of(day))

    def __iter__(self) -> Iterator[date]:
        return iter(self._entries.days)

    def __len__(self) -> int:
        return len(self._entries.days)
