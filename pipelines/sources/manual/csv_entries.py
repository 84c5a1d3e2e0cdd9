"""Entry files as records: every row checked, every problem listed, the file taken whole or rejected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pipelines.domain import money
from pipelines.domain.periods import day_start
from pipelines.domain.records import RecordKind, UsageRecord
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import EntryFileError, Problems
from pipelines.reading.files import content_of, not_read, shown
from pipelines.sources.manual import values
from pipelines.sources.manual.csv_file import CsvError, Row, rows
from pipelines.sources.manual.entries import Entries
from pipelines.sources.manual.files import refuse_what_is_not_read
from pipelines.sources.statements import SourceStatement, StatementKind

SOURCE = "manual"
SOURCE_STATEMENT = SourceStatement(
    source_kind=SourceKind.MANUAL,
    source=SOURCE,
    provider=None,
    title="Manual entries",
    statement="entered by a person",
    statement_kind=StatementKind.ENTRY,
    precedence=0,
)
FURTHEST_AHEAD = timedelta(days=366)
"""An entry further ahead than a yearly subscription reaches is a mistyped year."""

PROGRESS_EVERY_LINES = 50_000
LARGEST_FILE = 200_000_000
"""Bytes: some three million entries."""

T = TypeVar("T")
Progress = Callable[[str], None]


def _silent(_: str) -> None:
    """Nobody wants to know how far reading is."""


@dataclass
class _File:
    """What is known across the rows of one file."""

    name: str
    today: date
    problems: Problems = field(default_factory=Problems)
    decimal_sign: tuple[str, int] | None = None

    def problem(self, row: Row, column: str, text: str) -> None:
        self.problems.add(f"{self.name}:{row.line}:{row.positions.get(column, 1)}: {text}")

    def cell(self, row: Row, column: str, read: Callable[[str], T], default: T) -> T:
        """The cell of `column`, read; a cell that cannot be read is noted, and gives `default`."""
        text = row.cells.get(column, "")
        if not text:
            return default
        try:
            return read(text)
        except ValueError as error:
            self.problem(row, column, f"{column}: {error}")
            return default


def read_entries(path: Path, today: date, progress: Progress = _silent) -> Entries:
    """The entries of `path`.

    Raises:
        EntryFileError: with every problem as file:line:column (the column is the cell's number in its line).
    """
    return check_entries(read_content(path), path.name, today, progress)


def read_content(path: Path) -> bytes:
    """The bytes of `path`.

    Raises:
        EntryFileError: it cannot be read, or is not a table of text.
    """
    try:
        refuse_what_is_not_read(path, largest=LARGEST_FILE)
        return content_of(path, largest=LARGEST_FILE)
    except OSError as error:
        name = shown(path.name)
        raise EntryFileError(name, [f"{name}:1:1: {not_read(error)}"]) from error


def check_entries(content: bytes, name: str, today: date, progress: Progress = _silent) -> Entries:
    """The entries of a file's `content`; `progress` is called with the share that is read.

    Raises:
        EntryFileError: as `read_entries`.
    """
    file = _File(name, today)
    entries = Entries()
    try:
        for row in rows(content):
            values = _values(row, file)
            if values is not None and not file.problems:
                entries.add(row.line, values)
            _note_id(row, file, entries)
            if row.line % PROGRESS_EVERY_LINES == 0:
                progress(f"{name}, line {row.line:,}")
    except CsvError as error:
        reasons = [f"{name}:{reason}" for reason in error.reasons]
        file.problems.add(*reasons, more=error.count - len(reasons))
    if file.problems:
        raise EntryFileError(name, file.problems.texts, file.problems.count)
    return entries


def parse_entries(content: bytes, name: str, today: date) -> list[UsageRecord]:
    """The entries of a file's `content` as records, in its order; for files that people wrote manually.

    Raises:
        EntryFileError: as `read_entries`.
    """
    return check_entries(content, name, today).records()


def _note_id(row: Row, file: _File, entries: Entries) -> None:
    """An id identifies one entry."""
    entry_id = row.cells.get("entry_id")
    if not entry_id:
        return
    first = entries.ids.setdefault(entry_id, row.line)
    if first != row.line:
        file.problem(row, "entry_id", f"the entry_id {entry_id!r} is also on line {first}")


def _values(row: Row, file: _File) -> dict[str, Any] | None:
    """The values of an entry's record; None where something is wrong with the row."""
    known = file.problems.count
    period = _period(row, file)
    category = file.cell(row, "category", values.category, "usage")
    amount = file.cell(row, "amount", values.amount, None)
    currency = file.cell(row, "currency", values.currency, "")
    tokens = file.cell(row, "tokens", values.count, None)
    requests = file.cell(row, "requests", values.count, None)
    replaces = file.cell(row, "replaces_source", values.yes_or_no, False)  # noqa: FBT003 - the default of a yes-or-no
    for column in ("provider", "account", "amount", "currency"):
        if not row.cells[column]:
            file.problem(row, column, f"{column} is empty: fill it in")
    if amount is not None:
        _check_sign(row, file, amount[1])
        _check_direction(row, file, category, amount[0])
    if file.problems.count > known or amount is None or period is None:
        return None
    return {
        "source_kind": SourceKind.MANUAL,
        "source": SOURCE,
        "record_kind": RecordKind.COST if tokens is None and requests is None else RecordKind.USAGE_COST,
        "account_name": row.cells["account"],
        "provider": row.cells["provider"].lower(),
        "period_start": day_start(period[0]),
        "period_end": day_start(period[1]),
        "grain": "1d" if period[1] - period[0] == timedelta(days=1) else "period",
        "project": row.cells.get("project") or None,
        "model_raw": row.cells.get("model") or None,
        "line_item": category,
        "entry_id": row.cells.get("entry_id") or None,
        "requests": requests,
        "unsplit_tokens": tokens,
        "cost_amount": amount[0],
        "currency": currency,
        "charge_category": values.CATEGORIES[category],
        "entry_category": category,
        "replaces_source": replaces,
        "note": row.cells.get("note") or None,
        "source_file": file.name,
    }


def _check_direction(row: Row, file: _File, category: str, amount: Decimal) -> None:
    if category == "credit" and amount > 0:
        file.problem(row, "amount", f"a credit lowers the bill: write -{row.cells['amount'].lstrip('+')}")
    if category != "credit" and amount < 0:
        file.problem(row, "amount", "a negative amount lowers the bill: set its category to credit")


def _period(row: Row, file: _File) -> tuple[date, date] | None:
    """The half-open days of a row. People mean the last day of a period to count."""
    single, first, last = (row.cells.get(name, "") for name in ("date", "period_start", "period_end"))
    if single and (first or last):
        file.problem(row, "date", "the line has a date and a period: keep one of them")
        return None
    if not single and not (first and last):
        file.problem(row, "date", "the line has no date: fill in date, or both period_start and period_end")
        return None
    start = file.cell(row, "date" if single else "period_start", values.day, None)
    end = start if single else file.cell(row, "period_end", values.day, None)
    if start is None or end is None:
        return None
    if end < start:
        file.problem(row, "period_end", f"the period ends on {end}, before it starts on {start}")
    if max(start, end) > file.today + FURTHEST_AHEAD:
        file.problem(row, "date" if single else "period_end", f"{max(start, end)} is more than a year ahead")
    return start, end + timedelta(days=1)


def _check_sign(row: Row, file: _File, sign: str | None) -> None:
    """One file writes decimals one way; two ways are a sign that one of them means thousands."""
    if sign is None:
        return
    if file.decimal_sign is None:
        file.decimal_sign = (sign, row.line)
    elif file.decimal_sign[0] != sign:
        earlier = "comma" if file.decimal_sign[0] == money.COMMA else "point"
        line = file.decimal_sign[1]
        file.problem(row, "amount", f"line {line} writes decimals with a {earlier}, this one does not: use one of them")
