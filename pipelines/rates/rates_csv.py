"""A person's file of rates: date, currency, rate. Taken whole, or rejected with every problem in its place."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from pipelines.errors import EntryFileError, Problems
from pipelines.rates.rate import RatesByDay, positive
from pipelines.reading.rows import RowTooLongError
from pipelines.sources.manual import values
from pipelines.sources.manual.csv_file import CsvError, lines_of

COLUMNS = ("date", "currency", "rate")
DATE, CURRENCY, RATE = range(3)
HINTS = {RATE: "; write it with a decimal point, such as 1.0842"}

T = TypeVar("T")


def parse(content: bytes, name: str, currency: str) -> RatesByDay:
    """What the file's rates say, each the worth of one unit in `currency`, which is worth 1 on each of its days.

    Raises:
        EntryFileError: with every problem as file:line:column (the column is the cell's number in its line).
    """
    problems = Problems()
    try:
        worths = _rates_by_day(content, currency, problems)
    except CsvError as error:
        problems.add(*error.reasons)
    if problems:
        raise EntryFileError(name, [f"{name}:{problem}" for problem in problems.texts], problems.count)
    return worths


@dataclass
class _File:
    """What is known across the lines of one file."""

    currency: str
    order: list[int]
    problems: Problems
    worths: dict[date, dict[str, Fraction]]

    def cell(self, cells: list[str], line: int, column: int, read: Callable[[str], T]) -> T | None:
        """The cell of a column, read; one that cannot be read is noted."""
        try:
            return read(cells[self.order[column]].strip())
        except ValueError as error:
            self.problem(line, column, f"{COLUMNS[column]}: {error}{HINTS.get(column, '')}")
            return None

    def problem(self, line: int, column: int, text: str) -> None:
        self.problems.add(f"{line}:{self.order[column] + 1}: {text}")


def _rates_by_day(content: bytes, currency: str, problems: Problems) -> RatesByDay:
    lines = lines_of(content)
    reader = csv.reader(lines, strict=True)
    file: _File | None = None
    try:
        for cells in reader:
            lines.row_ends()
            if not any(cell.strip() for cell in cells):
                continue
            if file is None:
                file = _File(currency, _order(cells, reader.line_num), problems, {})
            elif len(cells) != len(COLUMNS):
                problems.add(f"{reader.line_num}:1: the line has {len(cells)} cells, the header {len(COLUMNS)}")
            else:
                _take(cells, reader.line_num, file)
    except csv.Error as error:
        raise CsvError(f"{reader.line_num}:1: {error}: a quote is opened and not closed") from error
    except RowTooLongError as error:
        raise CsvError(f"{reader.line_num + 1}:1: {error}") from error
    if file is None:
        raise CsvError(f"1:1: the file is empty: its first line must be {','.join(COLUMNS)}")
    return file.worths


def _order(cells: list[str], line: int) -> list[int]:
    """The position of each of `COLUMNS`."""
    names = [cell.strip().lower() for cell in cells]
    if sorted(names) != sorted(COLUMNS):
        raise CsvError(f"{line}:1: the first line must be {','.join(COLUMNS)}, not {','.join(names)[:80]}")
    return [names.index(column) for column in COLUMNS]


def _take(cells: list[str], line: int, file: _File) -> None:
    day = file.cell(cells, line, DATE, values.day)
    currency = file.cell(cells, line, CURRENCY, values.currency)
    rate = file.cell(cells, line, RATE, positive)
    if day is None or currency is None or rate is None:
        return
    known = file.worths.setdefault(day, {file.currency: Fraction(1)})
    if currency == file.currency:
        file.problem(line, CURRENCY, f"rates are in {currency} here, the reporting currency itself: remove the line")
    elif currency in known:
        file.problem(line, DATE, f"there is a rate of {currency} on {day} above: keep one")
    else:
        known[currency] = rate
