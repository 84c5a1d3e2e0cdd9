"""Reading one file: what it states, by account; or every reason why it is refused."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipelines.domain.money import exact_sum
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import EntryFileError
from pipelines.landing import Feed
from pipelines.reading.files import not_read, open_file, refuse_name, shown
from pipelines.sources.imports.framework.equal_rows import EqualRows
from pipelines.sources.imports.framework.folding import MOST_RECORDS, ParsedRow, TooManyRecords
from pipelines.sources.imports.framework.format import EmptyDay, ExcludedRow, File, ImportFormat
from pipelines.sources.imports.framework.recognition import file_of, format_of, layout_of
from pipelines.sources.imports.framework.row import MOST_PROBLEMS, Header, Problems, Row
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.imports.framework.statement import Leftovers, Statement
from pipelines.sources.imports.framework.table_file import LARGEST_CONTENT, Cells, Table, TableError, open_tables

LOOKED_AT_FIRST = 50_000_000
"""Bytes: of a larger file the beginning is read before the whole of it, so that what is not a table is refused soon."""


@dataclass(frozen=True)
class ParsedFile:
    """A whole file: what it states of each account, and the formats of its tables."""

    name: str
    formats: tuple[ImportFormat, ...]
    rows: int
    statements: Mapping[Feed, Statement]

    @property
    def charged(self) -> dict[str, Decimal]:
        """What it charges, by currency."""
        found: dict[str, list[Decimal]] = {}
        for statement in self.statements.values():
            for currency, amount in statement.charged.items():
                found.setdefault(currency, []).append(amount)
        return {currency: exact_sum(amounts) for currency, amounts in sorted(found.items())}

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to tell of it, by account: what was left out, and what the figures may lack."""
        notices = {
            feed.name: (*([reported.note] if reported.note else []), *reported.findings)
            for feed, reported in self.statements.items()
        }
        return tuple(f"{name}: {text}" for name, texts in notices.items() for text in texts)


def read_file(path: Path, formats: tuple[ImportFormat, ...], rules: ImportRules) -> ParsedFile:
    """What the file at `path` states.

    Raises:
        EntryFileError: it is rejected, with every reason as file:line:column.
    """
    problems = Problems(shown(path.name))
    services = rules.services()
    statements: dict[Feed, Statement] = {}
    known: list[ImportFormat] = []
    rows = 0
    try:
        with open_tables(path, layout_of(path.name, formats, rules)) as tables:
            for table in tables:
                problems = Problems(table.name, problems.texts)
                found = format_of(table, path.name, formats, rules)
                known.append(found)
                file = file_of(path.name, table, found, rules, services)
                rows += _TableReader(table, found, file, statements).read(problems, rules.latest_day)
    except TableError as error:
        problems.add(*str(error).split(": ", 1))
    if problems.texts:
        raise EntryFileError(shown(path.name), problems.texts)
    return ParsedFile(path.name, tuple(dict.fromkeys(known)), rows, statements)


class _TableReader:
    """Reads the rows of one table into what they state, by account."""

    def __init__(self, table: Table, known: ImportFormat, file: File, statements: dict[Feed, Statement]) -> None:
        self._table = table
        self._known = known
        self._file = file
        self._header = Header(table.columns)
        self._statements = statements
        self._by_account: dict[str, tuple[Statement, Leftovers, EqualRows]] = {}

    def read(self, problems: Problems, latest_day: date) -> int:
        """Read every row; give how many there are.

        Raises:
            TableError: the table cannot be read on from one place.
        """
        header, read, nothing = self._header, self._known.read, self._known.nothing
        rows = 0
        for line, cells in self._table.rows:
            rows += 1
            found = read(Row(header, line, cells, problems, nothing), self._file)
            if found is not None and found.day > latest_day:
                problems.add(f"{line}:1", f"{found.day} is more than a year ahead: fix the date")
            if problems.are_too_many:
                problems.add(f"{line}:1", f"after {MOST_PROBLEMS:,} problems the rest was not read")
                return rows
            if found is not None and not problems.texts:
                self._add(found, line, cells)
        self._finish(problems)
        return rows

    def _add(self, found: ParsedRow | ExcludedRow | EmptyDay, line: int, cells: Cells) -> None:
        account = found.account
        if account not in self._by_account:
            feed = Feed(SourceKind.IMPORT, self._known.name, account)
            statement = Statement(services_are_chosen=self._file.services.are_chosen)
            leftovers = Leftovers.of(self._header, self._known)
            self._by_account[account] = self._statements.setdefault(feed, statement), leftovers, EqualRows()
        statement, leftovers, equal_rows = self._by_account[account]
        if self._known.finds_equal_rows:
            equal_rows.add(line, cells)
        if leftovers.candidates and not isinstance(found, ExcludedRow):
            leftovers.add(cells)
        try:
            statement.add(found)
        except TooManyRecords as error:
            raise TableError(
                f"{line}:1: the file has more than {MOST_RECORDS:,} different records: export it in parts"
            ) from error

    def _finish(self, problems: Problems) -> None:
        """What is known only now: columns named twice, columns that nobody read, totals."""
        for name in sorted(self._header.names):
            if self._header.repeated(name):
                problems.add("1:1", f"the column {name} appears more than once: remove the columns that do not count")
        if problems.texts:
            return
        findings = list(self._known.end())
        # Lines of several tables of a ZIP have the same numbers.
        member = "" if self._table.name == self._file.name else f"{self._table.name}: "
        for statement, leftovers, equal_rows in self._by_account.values():
            of_lines = [f"{member}{text}" for text in (*findings, *equal_rows.findings())]
            statement.findings_of_table += [*leftovers.findings(self._header), *of_lines]
        if not self._by_account:
            feed = Feed(SourceKind.IMPORT, self._known.name, self._file.account_of(None))
            self._statements.setdefault(feed, Statement())


def digest_of(path: Path) -> str:
    """The sha256 of a file, read in pieces; of a large one after a look at its beginning.

    Raises:
        EntryFileError: it cannot be read, or is large and does not begin as a table does.
    """
    name = shown(path.name)
    try:
        refuse_name(path)
        with open_file(path, largest=LARGEST_CONTENT) as file:
            if os.fstat(file.fileno()).st_size > LOOKED_AT_FIRST:
                with open_tables(path) as tables:
                    next(tables)
            return hashlib.file_digest(file, "sha256").hexdigest()
    except TableError as error:
        raise EntryFileError(name, [f"{name}:{error}"]) from error
    except OSError as error:
        raise EntryFileError(name, [f"{name}:1:1: {not_read(error)}"]) from error


def inbox_files(folder: Path) -> Iterator[Path]:
    """The files of the inbox, in order of name; hidden ones are of programs that are still writing."""
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~")))
