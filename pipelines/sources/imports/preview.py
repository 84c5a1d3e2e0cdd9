"""What is in a file, for a person who decides whether and how to import it: columns, first rows, sums, a mapping."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

import yaml

from pipelines.domain.records import UsageRecord
from pipelines.errors import EntryFileError
from pipelines.sources.imports import import_formats, values
from pipelines.sources.imports.format import OTHERWISE
from pipelines.sources.imports.reading import read_file
from pipelines.sources.imports.rules import ImportRules
from pipelines.sources.imports.table_file import Unreadable, open_tables

ROWS_LOOKED_AT = 50
ROWS_SHOWN = 5
MEANINGS: tuple[tuple[str, str], ...] = (
    ("date", r"date|day|time|period|start"),
    ("amount", r"cost|amount|charge|spend|spent|total|price|usd|eur"),
    ("currency", r"currency"),
    ("cache_read_tokens", r"cache.?(read|hit)|cached"),
    ("cache_write_tokens", r"cache.?(write|creation)"),
    ("input_tokens", r"(input|prompt).*token|token.*(input|prompt)"),
    ("output_tokens", r"(output|completion).*token|token.*(output|completion)"),
    ("tokens", r"token"),
    ("requests", r"request|calls|count"),
    ("model", r"model"),
    ("project", r"project|workspace"),
    ("key", r"key"),
    ("user", r"user|member|e.?mail"),
    ("service", r"service|product"),
    ("account", r"account|organi[sz]ation|team"),
)
"""What a column may mean -> words in its name. What comes first is looked for first, and a column means one thing."""


@dataclass(frozen=True)
class Preview:
    """The columns and first rows of a file; what it states if a format knows it, else a mapping to begin with."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    format_title: str | None
    records: tuple[UsageRecord, ...]
    records_count: int
    sums: dict[str, Decimal]
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    mapping: str | None


def preview(path: Path, rules: ImportRules) -> Preview:
    """Look at a file without taking it.

    Raises:
        EntryFileError: it is no table at all.
    """
    try:
        with open_tables(path) as tables:
            table = next(tables)
            rows = tuple(tuple(cells) for _, cells in islice(table.rows, ROWS_LOOKED_AT))
    except Unreadable as error:
        raise EntryFileError(path.name, [f"{path.name}:{error}"]) from error
    records: list[UsageRecord] = []
    sums: dict[str, Decimal] = {}
    title: str | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    try:
        reading = read_file(path, import_formats(), rules)
    except EntryFileError as error:
        problems = tuple(error.problems)
    else:
        title = " and ".join(known.title for known in reading.formats)
        sums = reading.charged
        records = [record for stated in reading.statements.values() for record in stated.folded.records()]
        notes = reading.notes
    return Preview(
        columns=table.columns,
        rows=rows[:ROWS_SHOWN],
        format_title=title,
        records=tuple(records[:ROWS_SHOWN]),
        records_count=len(records),
        sums=sums,
        notes=notes,
        problems=problems,
        mapping=None if title else proposed_mapping(path.name, table.columns, rows),
    )


def proposed_mapping(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An `imports:` section to begin with: what the names of the columns suggest and their first cells do not deny."""
    found = _meanings(columns, rows)
    mapping: dict[str, object] = {"provider": "", "columns": found}
    if "amount" in found and "currency" not in found:
        mapping["currency"] = "EUR" if "eur" in found["amount"].lower() or "€" in found["amount"] else "USD"
    # The next export has other days in its name.
    pattern = re.sub(r"\d+([-_.]\d+)*", "*", Path(name).stem) + Path(name).suffix
    entry = {"file": pattern, "account": OTHERWISE, "mapping": mapping}
    return yaml.safe_dump({"imports": {"files": [entry]}}, sort_keys=False, allow_unicode=True)


def _meanings(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for meaning, words in MEANINGS:
        for index, column in enumerate(columns):
            said = re.search(words, column.lower()) is not None and column not in found.values()
            if said and all(_may_mean(meaning, row[index].strip()) for row in rows):
                found[meaning] = column
                break
    return found


def _may_mean(meaning: str, text: str) -> bool:
    try:
        if text and meaning == "date":
            values.moment(text)
        elif text and meaning == "amount":
            values.amount(text)
        elif text and (meaning == "requests" or meaning.endswith("tokens")):
            values.count(text)
    except ValueError:
        return False
    return True
