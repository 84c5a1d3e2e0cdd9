"""Any other CSV, by the mapping that people wrote for it in ai-costs.yaml.

No format of the registry: it is made from a mapping, and a file gets it by its name alone. It asks what an entry by
hand would be asked: which of two days or numbers a cell means, what a minus means, and whether equal rows are meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from pipelines.config.imports import ImportMapping
from pipelines.domain.records import ChargeCategory, CostBasis, RecordKind
from pipelines.domain.source_kinds import SourceKind
from pipelines.presentation.formats import plain_number
from pipelines.sources.imports.framework import mapped_values
from pipelines.sources.imports.framework.folding import ParsedRow
from pipelines.sources.imports.framework.format import File, ImportFormat, of_days
from pipelines.sources.imports.framework.row import Row
from pipelines.sources.imports.framework.table_file import TableError
from pipelines.sources.statements import SourceStatement, StatementKind

SOURCE_STATEMENT = SourceStatement(
    source_kind=SourceKind.IMPORT,
    source="mapped_csv",
    provider=None,
    title="CSV by a mapping",
    statement="a file with amounts",
    statement_kind=StatementKind.AMOUNTS,
    precedence=15,
)
"""What any such file's figures are. It may be an extract, so that a day it lacks says nothing."""
CENTS = 100
CHOSEN = re.compile(".*")
"""What a mapping leaves unused, a person left unused."""
TEXTS = {
    "project": "project",
    "key": "api_key_name",
    "user": "user_id",
    "service": "service",
    "model": "model_raw",
    "line_item": "line_item",
}
"""What a mapping calls a text -> the landed column."""
COUNTS = {
    "requests": "requests",
    "tokens": "unsplit_tokens",
    "input_tokens": "input_uncached_tokens",
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_other_tokens",
    "output_tokens": "output_tokens",
}


class _Reader:
    """What is known across the rows of one table: how it writes decimals, its sum, its totals and its ids."""

    def __init__(self, mapping: ImportMapping) -> None:
        self._mapping = mapping
        self._columns = mapping.columns
        self._decimal: tuple[str, int] | None = None
        self._negative: list[int] = []
        self._positive = 0
        self._sum = Decimal(0)
        self._currencies: set[str] = set()
        self._totals: list[tuple[int, Decimal]] = []
        self._ids: dict[str, int] = {}

    def read(self, row: Row, file: File) -> ParsedRow | None:
        if self._is_total(row):
            return None
        columns = self._columns
        if "id" in columns:
            self._check_id(row, columns["id"])
        start, end = self._period(row)
        currency = self._currency(row) if "amount" in columns else None
        amount = None if currency is None else self._amount(row, currency)
        counts = {COUNTS[name]: self._count(row, column) for name, column in columns.items() if name in COUNTS}
        kind = RecordKind.USAGE_COST if counts else RecordKind.COST
        texts = {TEXTS[name]: row.optional(column) for name, column in columns.items() if name in TEXTS}
        values: dict[str, Any] = {**of_days(start, end), **texts, **counts}
        return file.record(
            account=row.text(columns["account"]) if "account" in columns else None,
            record_kind=RecordKind.USAGE if amount is None else kind,
            provider=self._mapping.provider.lower(),
            **values,
            api_key_id=row.optional(columns["key"]) if "key" in columns else None,
            cost_amount=amount,
            currency=None if amount is None else currency,
            charge_category=ChargeCategory.CREDIT if amount is not None and amount < 0 else ChargeCategory.USAGE,
            cost_basis=None if amount is None else CostBasis.PROVIDER_REPORTED,
        )

    def end(self) -> Iterator[str]:
        """What is known only when all rows were read.

        Raises:
            TableError: half of the amounts or more are negative, and nothing says what that means.
        """
        if self._mapping.negative_amounts is None and len(self._negative) >= max(self._positive, 1):
            raise TableError(
                f"{self._negative[0]}:1: {len(self._negative)} of {len(self._negative) + self._positive} amounts are "
                "negative: is that money back, or what was paid? Set negative_amounts: credit or negative_amounts: "
                "cost in the mapping"
            )
        if self._mapping.negative_amounts is None and self._negative:
            negative = f"{len(self._negative)} of {len(self._negative) + self._positive} amounts are negative"
            yield (
                f"{negative} (first in line {self._negative[0]}) and count as credit: set negative_amounts: credit in "
                "the mapping if that is right, else negative_amounts: cost"
            )
        for line, total in self._totals:
            if total != self._sum and len(self._currencies) == 1:
                reported, found = plain_number(total), plain_number(self._sum)
                yield f"line {line} has a total of {reported}, but its rows add up to {found}"

    def _is_total(self, row: Row) -> bool:
        """Whether a row adds up the others. Only where the mapping says that there are some."""
        date = self._columns["date"]
        if not row.starts_with(mapped_values.TOTALS) and row.optional(date) is not None:
            return False
        if not self._mapping.skip_total_rows:
            if row.starts_with(mapped_values.TOTALS):
                row.problem(date, "the row seems to add up the others: set skip_total_rows: true in the mapping")
            return False
        if "amount" in self._columns and row.optional(self._columns["amount"]) is not None:
            currency = self._currency(row) or "USD"
            self._totals.append((row.line, self._amount_of(row, currency)[0]))
        return True

    def _period(self, row: Row) -> tuple[datetime, datetime]:
        pattern = self._mapping.date_format
        text = row.text(self._columns["date"])
        default = mapped_values.period("2000-01-01", None)
        return row.read(self._columns["date"], text, lambda cell: mapped_values.period(cell, pattern), default)

    def _currency(self, row: Row) -> str | None:
        if "currency" not in self._columns:
            return self._mapping.currency
        return row.currency(self._columns["currency"])

    def _amount_of(self, row: Row, currency: str) -> tuple[Decimal, str | None]:
        mapping, column = self._mapping, self._columns["amount"]
        is_signed = mapping.negative_amounts is not None
        nothing: tuple[Decimal, str | None] = Decimal(0), None
        value, sign = row.read(
            column,
            row.text(column),
            lambda cell: mapped_values.amount(cell, mapping.decimal, currency, may_be_accounting=is_signed),
            nothing,
        )
        value = -value if mapping.negative_amounts == "cost" else value
        return value / CENTS if mapping.cents else value, sign

    def _amount(self, row: Row, currency: str) -> Decimal:
        value, sign = self._amount_of(row, currency)
        if value < 0:
            self._negative.append(row.line)
        elif value:
            self._positive += 1
        self._sum += value
        self._currencies.add(currency)
        self._check_sign(row, self._columns["amount"], sign)
        return value

    def _count(self, row: Row, column: str) -> int | None:
        text = row.optional(column)
        if text is None:
            return None
        nothing: tuple[int, str | None] = 0, None
        value, sign = row.read(column, text, lambda cell: mapped_values.count(cell, self._mapping.decimal), nothing)
        self._check_sign(row, column, sign)
        return value

    def _check_sign(self, row: Row, column: str, sign: str | None) -> None:
        """One file writes decimals one way; two ways are a sign that one of them means thousands."""
        if sign is None:
            return
        first, line = self._decimal = self._decimal or (sign, row.line)
        if first != sign:
            problem = f"line {line} writes decimals in another way than this one: set decimal: point or decimal: comma"
            row.problem(column, f"{problem} in the mapping")

    def _check_id(self, row: Row, column: str) -> None:
        """An id identifies one row."""
        found = row.optional(column)
        first = row.line if found is None else self._ids.setdefault(found, row.line)
        if first != row.line:
            row.problem(column, f"the {column} {found!r} is in line {first} too")


def mapped_format(mapping: ImportMapping) -> ImportFormat:
    """The format of one table of a file that a mapping describes."""
    reader = _Reader(mapping)
    return ImportFormat(
        name=SOURCE_STATEMENT.source,
        title=SOURCE_STATEMENT.title,
        provider=mapping.provider,
        layouts=(tuple(dict.fromkeys(mapping.columns.values())),),
        read=reader.read,
        end=reader.end,
        lands="what the mapping says",
        statement=SOURCE_STATEMENT.statement,
        statement_kind=SOURCE_STATEMENT.statement_kind,
        precedence=SOURCE_STATEMENT.precedence,
        unused=CHOSEN,
        finds_equal_rows=not mapping.allow_equal_rows,
    )
