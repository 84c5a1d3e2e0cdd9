"""Which format a table is of: the mapping of its file's name, else the format that knows its columns."""

from __future__ import annotations

from pipelines.presentation.messages import NO_KNOWN_EXPORT
from pipelines.sources.imports.framework.format import File, ImportFormat
from pipelines.sources.imports.framework.known_files import advice_on, reject_project_export
from pipelines.sources.imports.framework.mapped import mapped_format
from pipelines.sources.imports.framework.row import Header
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.imports.framework.services import ServiceRules
from pipelines.sources.imports.framework.table_file import Layout, Table, TableError
from pipelines.sources.manual.csv_file import is_of_entries

MIN_SIMILARITY = 0.7
"""A format with a smaller share of its columns in the header is not worth naming."""
OF_ENTRIES = "this is a CSV of entries: put it into manual/, or give it to `ai-costs import`"
ADVICE = "`ai-costs import --preview FILE` shows what is in it and helps to write a mapping"


def file_of(name: str, table: Table, known: ImportFormat, rules: ImportRules, services: ServiceRules) -> File:
    """What is known of a file of a format before its rows: whose account it may be."""
    entry = rules.entry(name)
    accounts = tuple(account for account in rules.accounts if account.provider == known.provider)
    account, currency = (entry.account, entry.currency) if entry else (None, None)
    return File(name, known.name, services, account, accounts, currency, table.above)


def format_of(table: Table, name: str, formats: tuple[ImportFormat, ...], rules: ImportRules) -> ImportFormat:
    """The mapping that is configured for a file of this name, else the format that knows its columns.

    Raises:
        TableError: a column of the mapping is not there, or no format knows the columns.
    """
    reject_project_export(table.columns)
    entry = rules.entry(name)
    if entry is None or entry.mapping is None:
        return recognise(table, formats)
    mapped, header = mapped_format(entry.mapping), Header(table.columns)
    if not mapped.fit(header):
        raise TableError(
            f"1:1: the mapping of {entry.file} names columns that are not there: {missing_of(mapped, header)}"
        )
    return mapped


def layout_of(name: str, formats: tuple[ImportFormat, ...], rules: ImportRules) -> Layout:
    """How a file of this name may begin: with the columns of its mapping, or of any format."""
    entry = rules.entry(name)
    if entry is not None and entry.mapping is not None:
        mapped = mapped_format(entry.mapping)
        return Layout(lambda cells: mapped.fit(Header(tuple(cells))) > 0, entry.mapping.skip_lines)
    return Layout(lambda cells: any(known.fit(Header(tuple(cells))) for known in formats))


def missing_of(known: ImportFormat, header: Header) -> str:
    """The columns that a table lacks for a format, for people."""
    return ", ".join(known.missing(header))


def recognise(table: Table, formats: tuple[ImportFormat, ...]) -> ImportFormat:
    """The format whose columns the table has; of several, the one that the most columns indicate.

    Raises:
        TableError: none; with the closest one and what it lacks.
    """
    header = Header(table.columns)
    fitting = max(formats, key=lambda known: known.fit(header))
    if fitting.fit(header):
        return fitting
    if is_of_entries(table.columns):
        raise TableError(f"1:1: {OF_ENTRIES}")
    if advice := advice_on(table.columns):
        raise TableError(f"1:1: {advice}")
    closest = max(formats, key=lambda known: known.likeness(header))
    lacking = missing_of(closest, header)
    near = f"; {closest.title} is closest and misses {lacking}" if closest.likeness(header) >= MIN_SIMILARITY else ""
    raise TableError(f"1:1: {NO_KNOWN_EXPORT}{near}: {ADVICE}")
