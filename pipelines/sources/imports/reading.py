"""Reading one file: which format it is, and what it states, by account; or every reason why it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

from pipelines.config.model import Account, ImportFile, ImportSettings
from pipelines.domain.money import exact_sum
from pipelines.domain.records import SourceKind
from pipelines.errors import EntryFileError
from pipelines.landing import Feed
from pipelines.sources.imports.folding import MOST_RECORDS, TooManyRecords
from pipelines.sources.imports.format import File, ImportFormat, LeftOut
from pipelines.sources.imports.mapped import mapped_format
from pipelines.sources.imports.row import MOST_PROBLEMS, Header, Problems, Row
from pipelines.sources.imports.services import DEFAULT_SERVICES, ServiceRules
from pipelines.sources.imports.statement import Leftovers, Statement
from pipelines.sources.imports.table_file import Table, Unreadable, open_tables

CLOSE = 0.5
"""A format with a smaller share of its columns in the header is not worth naming."""
ADVICE = "`ai-costs import --preview FILE` shows what is in it and helps to write a mapping"


@dataclass(frozen=True)
class ImportRules:
    """What the configuration says of files: its `imports:`, and the accounts with providers."""

    settings: ImportSettings = field(default_factory=ImportSettings)
    accounts: tuple[Account, ...] = ()

    def entry(self, file_name: str) -> ImportFile | None:
        """What `imports:` says of a file, by the first pattern that fits its name."""
        fitting = (entry for entry in self.settings.files if fnmatchcase(file_name.lower(), entry.file.lower()))
        return next(fitting, None)

    def services(self) -> ServiceRules:
        """The services of a cloud bill that are AI."""
        chosen = self.settings.services
        return ServiceRules(DEFAULT_SERVICES) if chosen is None else ServiceRules(chosen, are_chosen=True)

    @property
    def digest(self) -> str:
        """Changes with anything that changes what a file is taken for."""
        accounts = sorted(f"{account.provider}\0{account.name}\0{account.organization}" for account in self.accounts)
        said = f"{self.settings.model_dump_json()}{accounts}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Reading:
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
        told = {
            feed.name: (*([stated.note] if stated.note else []), *stated.findings)
            for feed, stated in self.statements.items()
        }
        return tuple(f"{name}: {text}" for name, texts in told.items() for text in texts)


def read_file(path: Path, formats: tuple[ImportFormat, ...], rules: ImportRules) -> Reading:
    """What the file at `path` states.

    Raises:
        EntryFileError: it is refused whole, with every reason as file:line:column.
    """
    problems = Problems(path.name)
    services = rules.services()
    statements: dict[Feed, Statement] = {}
    known: list[ImportFormat] = []
    rows = 0
    try:
        with open_tables(path) as tables:
            for table in tables:
                problems = Problems(table.name, problems.texts)
                found = format_of(table, path.name, formats, rules)
                known.append(found)
                file = file_of(path.name, found, rules, services)
                rows += _read_table(table, found, file, problems, statements)
    except Unreadable as error:
        problems.add(*str(error).split(": ", 1))
    if problems.texts:
        raise EntryFileError(path.name, problems.texts)
    return Reading(path.name, tuple(dict.fromkeys(known)), rows, statements)


def file_of(name: str, known: ImportFormat, rules: ImportRules, services: ServiceRules) -> File:
    """What is known of a file of a format before its rows: whose account it may be."""
    entry = rules.entry(name)
    accounts = tuple(account for account in rules.accounts if account.provider == known.provider)
    return File(name, known.name, services, entry.account if entry else None, accounts)


def format_of(table: Table, name: str, formats: tuple[ImportFormat, ...], rules: ImportRules) -> ImportFormat:
    """The mapping that is configured for a file of this name, else the format that knows its columns.

    Raises:
        Unreadable: a column of the mapping is not there, or no format knows the columns.
    """
    entry = rules.entry(name)
    if entry is None or entry.mapping is None:
        return recognise(table, formats)
    mapped, header = mapped_format(entry.mapping), Header(table.columns)
    if not mapped.fit(header):
        raise Unreadable(
            f"1:1: the mapping of {entry.file} names columns that are not there: {missing_of(mapped, header)}"
        )
    return mapped


def missing_of(known: ImportFormat, header: Header) -> str:
    """The columns that a table lacks for a format, for people."""
    return ", ".join(known.missing(header))


def recognise(table: Table, formats: tuple[ImportFormat, ...]) -> ImportFormat:
    """The format whose columns the table has; of several, the one that the most columns speak for.

    Raises:
        Unreadable: none; with the closest one and what it lacks.
    """
    header = Header(table.columns)
    fitting = max(formats, key=lambda known: known.fit(header))
    if fitting.fit(header):
        return fitting
    closest = max(formats, key=lambda known: known.likeness(header))
    lacking = missing_of(closest, header)
    near = f"; {closest.title} is closest and lacks {lacking}" if closest.likeness(header) >= CLOSE else ""
    raise Unreadable(f"1:1: no known export has these columns{near}: {ADVICE}")


def _read_table(
    table: Table, known: ImportFormat, file: File, problems: Problems, statements: dict[Feed, Statement]
) -> int:
    header, read, nothing = Header(table.columns), known.read, known.nothing
    by_account: dict[str, tuple[Statement, Leftovers]] = {}
    rows = 0
    for line, cells in table.rows:
        rows += 1
        found = read(Row(header, line, cells, problems, nothing), file)
        if problems.are_too_many:
            problems.add(f"{line}:1", f"after {MOST_PROBLEMS:,} problems the rest was not read")
            return rows
        if found is None or problems.texts:
            continue
        account = found.account
        if account not in by_account:
            feed = Feed(SourceKind.IMPORT, known.name, account)
            statement = statements.setdefault(feed, Statement(services_are_chosen=file.services.are_chosen))
            by_account[account] = statement, Leftovers.of(header, known)
        statement, leftovers = by_account[account]
        if leftovers.candidates and not isinstance(found, LeftOut):
            leftovers.add(cells)
        try:
            statement.add(found)
        except TooManyRecords as error:
            raise Unreadable(
                f"{line}:1: the file holds more than {MOST_RECORDS:,} different records: export it in parts"
            ) from error
    for statement, leftovers in by_account.values():
        statement.findings_of_columns += leftovers.findings(header)
    if not by_account:
        statements.setdefault(Feed(SourceKind.IMPORT, known.name, file.account_of(None)), Statement())
    return rows


def digest_of(path: Path) -> str:
    """The sha256 of a file, read in pieces.

    Raises:
        EntryFileError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise EntryFileError(
            path.name, [f"{path.name}:1:1: it cannot be read ({error.strerror}): make it a file that can be"]
        ) from error


def inbox_files(folder: Path) -> Iterator[Path]:
    """The files of the inbox, in order of name; hidden ones are of programs that are still writing."""
    if folder.is_dir():
        yield from sorted(path for path in folder.iterdir() if not path.name.startswith((".", "~")))
