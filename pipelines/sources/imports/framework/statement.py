"""What a file states of one account: its records and days, and everything of it that the figures may lack.

Belongs here: collecting what rows state, and the sentences on what was left out. Does not: reading a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from pipelines.domain.money import exact_sum
from pipelines.presentation.formats import plain_money, plain_sums
from pipelines.presentation.messages import OTHER_SERVICES
from pipelines.presentation.wording import counted, listed
from pipelines.sources.imports.framework.folding import Folded, ParsedRow
from pipelines.sources.imports.framework.format import EmptyDay, ExcludedRow, ImportFormat
from pipelines.sources.imports.framework.row import Header, plain
from pipelines.sources.imports.framework.table_file import Cells

SERVICES_SHOWN = 5
MOST_DIGITS = 25
"""A number with more is an identifier."""

_MEASURES = re.compile(
    r"token|cost|amount|charge|spen[dt]|credit|quantity|requests?\b|usage|seconds|minutes|characters|images|calls"
)
_NOT_MEASURES = re.compile(r"_?ms\b|time|latency|duration|limit|quota|balance|rate\b|price|per_|\bid\b|_id\b|count_id")


@dataclass
class Leftovers:
    """Columns that a layout does not read though their names are those of quantities or money, with what they hold.

    `candidates` are (index, name). Which of them a reader asks for is known only once rows were read.
    """

    candidates: tuple[tuple[int, str], ...]
    values: dict[int, tuple[int, Decimal]] = field(default_factory=dict)

    @classmethod
    def of(cls, header: Header, known: ImportFormat) -> Leftovers:
        """Those of a table of a format."""
        layouts = (layout for layout in known.layouts if header.has(*layout))
        required = {plain(name) for name in max(layouts, key=len, default=())}
        found = []
        for index, name in enumerate(header.columns):
            words = re.sub(r"[\s./-]+", "_", name.lower())
            measures = _MEASURES.search(words) and not _NOT_MEASURES.search(words)
            is_known = plain(name) in required or (known.unused and known.unused.fullmatch(plain(name)))
            if measures and not is_known:
                found.append((index, name))
        return cls(tuple(found))

    def add(self, cells: Cells) -> None:
        """Take in the cells of a row that is taken."""
        for index, _ in self.candidates:
            try:
                value = Decimal(cells[index].strip())
            except InvalidOperation:
                continue
            if value and value.is_finite() and abs(value.adjusted()) < MOST_DIGITS:
                rows, total = self.values.get(index, (0, Decimal(0)))
                self.values[index] = rows + 1, exact_sum([total, value])

    def findings(self, header: Header) -> list[str]:
        """A sentence for each of the columns that hold something and that nobody asked for."""
        read = {header.index(name) for name in header.names}
        return [
            self._finding(name, *self.values[index])
            for index, name in self.candidates
            if index in self.values and index not in read
        ]

    def _finding(self, name: str, rows: int, total: Decimal) -> str:
        values = f"{total.normalize():,f} in {counted(rows, 'row')}"
        return f"the column {name!r} is unknown and not read: it contains {values}"


@dataclass
class Statement:
    """What a file states of one account: records, every day that any of its rows is of, and what it leaves out.

    `left_out` is the sum by service and currency; `services_are_chosen`: a person listed the services that count, so
    that what is left out is not a surprise.
    """

    folded: Folded = field(default_factory=Folded)
    days: set[date] = field(default_factory=set)
    left_out: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    rows_left_out: int = 0
    services_are_chosen: bool = False
    findings_of_table: list[str] = field(default_factory=list)

    def add(self, found: ParsedRow | ExcludedRow | EmptyDay) -> None:
        """Take in what a row states."""
        self.days.add(found.day)
        if isinstance(found, ExcludedRow):
            self.rows_left_out += 1
            key = found.service, found.currency
            self.left_out[key] = self.left_out.get(key, Decimal(0)) + found.amount
        elif isinstance(found, ParsedRow):
            self.folded.add(found)

    @property
    def note(self) -> str | None:
        """What a person chose to leave out, with its sums."""
        return self._left_out if self.services_are_chosen else None

    @property
    def findings(self) -> tuple[str, ...]:
        """What may be wrong: services that are not known to be AI, unknown columns, equal rows, totals that differ."""
        left_out = None if self.services_are_chosen else self._left_out
        return (*([left_out] if left_out else []), *dict.fromkeys(self.findings_of_table))

    @property
    def charged(self) -> dict[str, Decimal]:
        """What is charged, by currency."""
        found: dict[str, list[Decimal]] = {}
        for record in self.folded.records():
            if record.cost_amount is not None and record.currency is not None:
                found.setdefault(record.currency, []).append(record.cost_amount)
        return {currency: exact_sum(amounts) for currency, amounts in sorted(found.items())}

    @property
    def _left_out(self) -> str | None:
        """Rows of other services with their sums, the largest services by name."""
        if not self.rows_left_out:
            return None
        together: dict[str, Decimal] = {}
        for (_, currency), amount in self.left_out.items():
            together[currency] = together.get(currency, Decimal(0)) + amount
        largest = sorted(self.left_out.items(), key=lambda item: (-abs(item[1]), item[0]))
        names = [
            f"{service} {plain_money(amount, currency)}" for (service, currency), amount in largest[:SERVICES_SHOWN]
        ]
        if len(largest) > SERVICES_SHOWN:
            names.append(counted(len(largest) - SERVICES_SHOWN, "more service"))
        rows = counted(self.rows_left_out, "row")
        return f"{rows} {OTHER_SERVICES} {plain_sums(together)}: {listed(names)}"
