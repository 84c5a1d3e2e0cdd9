"""What is in a file, for a person who decides whether and how to import it: columns, first rows, sums, a mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path

import yaml

from pipelines.config.imports import ImportSettings
from pipelines.domain.records import UsageRecord
from pipelines.errors import EntryFileError
from pipelines.sources.imports import import_formats
from pipelines.sources.imports.framework.known_files import is_project_export
from pipelines.sources.imports.framework.proposals import propose
from pipelines.sources.imports.framework.reading import read_file
from pipelines.sources.imports.framework.recognition import ADVICE, layout_of
from pipelines.sources.imports.framework.rules import ImportRules
from pipelines.sources.imports.framework.table_file import Table, TableError, open_tables
from pipelines.sources.manual.csv_entries import read_entries
from pipelines.sources.manual.csv_file import is_of_entries

ROWS_LOOKED_AT = 2000
ROWS_SHOWN = 5
ENTRIES = "a CSV of entries"


@dataclass(frozen=True)
class Preview:
    """The columns and first rows of a file; what it states if a format knows it, else a mapping to begin with.

    `sums` are of what it states, or would state with the mapping; `questions` are what is open in the mapping.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    format_title: str | None = None
    records: tuple[UsageRecord, ...] = ()
    records_count: int = 0
    sums: dict[str, Decimal] | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    mapping: str | None = None
    questions: tuple[str, ...] = ()


def preview(path: Path, rules: ImportRules) -> Preview:
    """Look at a file without taking it, as `ai-costs import` and the inbox would take it.

    Raises:
        EntryFileError: it is not a table at all.
    """
    try:
        with open_tables(path, layout_of(path.name, import_formats(), rules)) as tables:
            table = next(tables)
            rows = _first_rows(table)
    except TableError as error:
        raise EntryFileError(path.name, [f"{path.name}:{error}"]) from error
    if is_of_entries(table.columns) and not rules.has_mapping(path.name):
        return _of_entries(path, table, rows, rules.today or date.max)
    try:
        reading = read_file(path, import_formats(), rules)
    except EntryFileError as error:
        problems = tuple(problem.removesuffix(f": {ADVICE}") for problem in error.problems)
        if rules.has_mapping(path.name) or is_project_export(table.columns):
            return Preview(table.columns, rows[:ROWS_SHOWN], problems=problems)
        return _with_mapping(path, table, rows, problems, rules)
    records = [record for reported in reading.statements.values() for record in reported.folded.records()]
    return Preview(
        table.columns,
        rows[:ROWS_SHOWN],
        " and ".join(known.title for known in reading.formats),
        tuple(records[:ROWS_SHOWN]),
        len(records),
        reading.charged,
        reading.notes,
    )


def _first_rows(table: Table) -> tuple[tuple[str, ...], ...]:
    """As many rows as can be looked at; one that does not fit ends them, and is reported by reading the file."""
    rows = []
    try:
        for _, cells in islice(table.rows, ROWS_LOOKED_AT):
            rows.append(tuple(cells))
    except TableError:
        pass
    return tuple(rows)


def _of_entries(path: Path, table: Table, rows: tuple[tuple[str, ...], ...], today: date) -> Preview:
    shown = rows[:ROWS_SHOWN]
    try:
        entries = read_entries(path, today)
    except EntryFileError as error:
        return Preview(table.columns, shown, problems=tuple(error.problems))
    first = tuple(entries.of(entries.days[0])[:ROWS_SHOWN]) if len(entries) else ()
    return Preview(table.columns, shown, ENTRIES, first, len(entries), entries.sums, entries.findings)


def _with_mapping(
    path: Path, table: Table, rows: tuple[tuple[str, ...], ...], problems: Sequence[str], rules: ImportRules
) -> Preview:
    """A mapping, and what the file would come to with it, so that a wrong column is seen before it counts."""
    entry, questions = propose(path.name, table.columns, rows)
    text = yaml.safe_dump({"imports": {"files": [entry]}}, sort_keys=False, allow_unicode=True)
    sums: dict[str, Decimal] | None = None
    notes: tuple[str, ...] = ()
    mapping = entry["mapping"]
    if {"date", "amount"} <= set(mapping["columns"]) and mapping.get("currency") != "":
        tried = {**entry, "file": path.name, "mapping": {**mapping, "provider": "unnamed"}}
        settings = ImportSettings.model_validate({"files": [tried]})
        try:
            sums = read_file(path, import_formats(), ImportRules(settings, today=rules.today)).charged
        except EntryFileError as error:
            notes = (f"With it the file would be refused: {error.problems[0]}",)
    return Preview(
        table.columns,
        rows[:ROWS_SHOWN],
        sums=sums,
        notes=notes,
        problems=tuple(problems),
        mapping=text,
        questions=tuple(questions),
    )
