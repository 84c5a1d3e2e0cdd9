"""One row of an export: its cells by column name, read as what they mean; every problem is noted with its place.

A cell that cannot be read notes a problem and gives a neutral value, so that one pass finds all problems of a row;
the record that is made of it is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import NoReturn, TypeVar

from pipelines import errors
from pipelines.sources.imports.framework import values
from pipelines.sources.imports.framework.table_file import Cells, TableError

Value = TypeVar("Value")

MOST_PROBLEMS = errors.MOST_PROBLEMS - 1
"""A file with more is not the file it seems to be; reading stops, and the last problem says so."""
NOTHING = frozenset({"", "NULL", "null", "None"})
_ENGLISH = re.compile(r".* \((\w+)\)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def plain(name: str) -> str:
    """A column's name as formats compare it: `lineItem/UsageType` and `line_item_usage_type` are the same."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


@dataclass(frozen=True)
class Header:
    """The columns of a table. A translated name with the English one in brackets is known by both."""

    columns: tuple[str, ...]

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Plain name -> index of the first column of that name."""
        found: dict[str, int] = {}
        for index, column in enumerate(self.columns):
            found.setdefault(plain(column), index)
        for index, column in enumerate(self.columns):
            english = _ENGLISH.fullmatch(column)
            if english:
                found.setdefault(plain(english[1]), index)
        return found

    @cached_property
    def asked(self) -> dict[str, int]:
        """The names that were asked for -> index, or -1: a bill asks for the same few in every row."""
        return {}

    def index(self, name: str) -> int:
        """The index of the column of this name, -1 if there is none."""
        found = self.asked.get(name)
        if found is None:
            found = self.asked[name] = self.positions.get(plain(name), -1)
        return found

    def has(self, *names: str) -> bool:
        """Whether there are columns of all these names."""
        return all(self.index(name) >= 0 for name in names)

    @cached_property
    def names(self) -> set[str]:
        """Every name that was asked for, those of alternatives too that no row needed."""
        return set()

    @cached_property
    def alternatives(self) -> set[tuple[str, ...]]:
        """The names that were asked for together."""
        return set()

    def ask(self, names: tuple[str, ...]) -> None:
        """Note that a reader knows these names."""
        self.alternatives.add(names)
        self.names.update(names)

    def repeated(self, name: str) -> bool:
        """Whether several columns have this name, so that nobody can say which of them is meant."""
        return sum(plain(column) == plain(name) for column in self.columns) > 1

    @cached_property
    def families(self) -> dict[re.Pattern[str], list[tuple[str, str]]]:
        """What `family` found."""
        return {}

    def family(self, names: re.Pattern[str]) -> list[tuple[str, str]]:
        """(what the group of `names` holds, the column) of each column whose whole name is like `names`."""
        found = self.families.get(names)
        if found is None:
            fitting = [names.fullmatch(column) for column in self.columns]
            found = self.families[names] = [(fit[1], fit[0]) for fit in fitting if fit]
        return found


@dataclass
class Problems:
    """What is wrong with a file, as `file:line:column: text`."""

    file: str
    texts: list[str] = field(default_factory=list)

    @property
    def are_too_many(self) -> bool:
        """Whether reading on is pointless."""
        return len(self.texts) >= MOST_PROBLEMS

    def add(self, place: str, text: str) -> None:
        """Note a problem at `line:column`."""
        self.texts.append(f"{self.file}:{place}: {text}")


class Row:
    """The cells of one line. Names are those of any layout; a column that is not there is an empty cell."""

    __slots__ = ("_alternatives", "_asked", "_cells", "_header", "_line", "_nothing", "_problems")

    def __init__(
        self, header: Header, line: int, cells: Cells, problems: Problems, nothing: frozenset[str] = NOTHING
    ) -> None:
        self._header = header
        self._asked = header.asked
        self._alternatives = header.alternatives
        self._line = line
        self._cells = cells
        self._problems = problems
        self._nothing = nothing

    def has(self, name: str) -> bool:
        """Whether there is a column of this name."""
        return self._header.index(name) >= 0

    def optional(self, *names: str) -> str | None:
        """The text of the first of these columns that is there and says something."""
        if names not in self._alternatives:
            self._header.ask(names)
        for name in names:
            index = self._asked.get(name)
            if index is None:
                index = self._header.index(name)
            if index >= 0:
                text = self._cells[index].strip()
                if text not in self._nothing:
                    if not text.isprintable() and _CONTROL.search(text):
                        self.problem(name, "the cell contains a control character: export the file again")
                    return text
        return None

    def text(self, *names: str) -> str:
        """The same of a column that must say something."""
        found = self.optional(*names)
        if found is None:
            name = next((name for name in names if self.has(name)), names[0])
            self.problem(name, f"{name} is empty, which every row needs")
        return found or ""

    def amount(self, *names: str) -> Decimal:
        """An amount that must be there."""
        return self._read(self.text(*names), names, values.amount, Decimal(0))

    def optional_amount(self, *names: str) -> Decimal | None:
        """An amount, if there is one."""
        found = self.optional(*names)
        return None if found is None else self._read(found, names, values.amount, None)

    def count(self, *names: str) -> int | None:
        """A count, if there is one."""
        found = self.optional(*names)
        return None if found is None else self._read(found, names, values.count, None)

    def moment(self, *names: str) -> datetime:
        """A moment or day that must be there, as the start of it in UTC."""
        return self._read(self.text(*names), names, values.moment, _EPOCH)

    def currency(self, *names: str) -> str:
        """An ISO 4217 code that must be there."""
        return self._read(self.text(*names), names, values.currency, "USD")

    def tags(self, *names: str) -> str | None:
        """A JSON object of text to text, if there is one with something in it."""
        found = self.optional(*names)
        return None if found is None else self._read(found, names, values.tags, None)

    def family(self, names: re.Pattern[str]) -> dict[str, str]:
        """What the columns say whose name is like `names`, by what its group holds; without those that say nothing."""
        reported = {part: self.optional(column) for part, column in self._header.family(names)}
        return {part: text for part, text in reported.items() if text is not None}

    def one_of(self, name: str, meanings: Mapping[str, Value], default: Value) -> Value:
        """What the text of a column means; an empty cell is the default."""
        found = self.optional(name)
        if found is None:
            return default
        if found not in meanings:
            self.problem(name, f"{found[:100]!r} is not one of {', '.join(meanings)}")
        return meanings.get(found, default)

    def unix_moment(self, name: str) -> datetime:
        """A moment that must be there, in seconds since 1970."""
        return self._read(self.text(name), (name,), values.unix_moment, _EPOCH)

    @property
    def line(self) -> int:
        """Where the row is in its file."""
        return self._line

    def starts_with(self, words: re.Pattern[str]) -> bool:
        """Whether the first cell that says something is like `words`."""
        first = next((cell.strip() for cell in self._cells if cell.strip()), "")
        return words.fullmatch(first) is not None

    def read(self, name: str, text: str, read: Callable[[str], Value], instead: Value) -> Value:
        """What `text` of this column means to `read`; what it cannot read is noted, and gives `instead`."""
        return self._read(text, (name,), read, instead)

    def refuse(self, name: str, text: str) -> NoReturn:
        """Refuse the whole file for what this cell says of it.

        Raises:
            TableError: always.
        """
        raise TableError(f"{self._line}:{max(self._header.index(name), 0) + 1}: {text}")

    def problem(self, name: str, text: str) -> None:
        """Note what is wrong with the cell of this column."""
        column = max(self._header.index(name), 0) + 1
        self._problems.add(f"{self._line}:{column}", text)

    def _read(self, text: str, names: Iterable[str], read: Callable[[str], Value], instead: Value) -> Value:
        try:
            return read(text)
        except ValueError as error:
            if text:
                self._note(names, error)
            return instead

    def _note(self, names: Iterable[str], error: ValueError) -> None:
        name = next(name for name in names if self._header.index(name) >= 0)
        self.problem(name, f"{name}: {error}")
